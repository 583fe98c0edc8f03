FuzzDriver.run()
