SignatureBench.run()
