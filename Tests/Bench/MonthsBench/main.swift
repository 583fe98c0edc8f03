await MonthsBench.main()
