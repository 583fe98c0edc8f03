MockNodeProcess.main()
