SluiceCommand.main()
