#if FAIL_POINTS
    extension FollowerLimits {
        /// Crash tests have many runs, and none of them is about how long is waited.
        public static var brief: FollowerLimits {
            var limits = FollowerLimits()
            limits.pollMilliseconds = 50
            limits.retryMilliseconds = 400
            limits.gasMilliseconds = 1000
            return limits
        }
    }

    extension EngineSettings {
        /// As for the follower.
        public static var brief: EngineSettings {
            var settings = EngineSettings()
            settings.fillMilliseconds = 30
            settings.idleMilliseconds = 50
            settings.confirmMilliseconds = 1000
            settings.silentMilliseconds = 50
            settings.refusedMilliseconds = 50
            settings.suspendedMilliseconds = 1000
            settings.refitMilliseconds = 1000
            return settings
        }
    }
#endif
