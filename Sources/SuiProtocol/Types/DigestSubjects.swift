/// The kinds of digests. Source of the salts: `Docs/Sources.md#digests`.
public enum DigestSubjects {
    public enum Transaction: DigestSubject {
        public static let salt: StaticString = "TransactionData"
    }
    public enum Object: DigestSubject { public static let salt: StaticString = "Object" }
    public enum Effects: DigestSubject {
        public static let salt: StaticString = "TransactionEffects"
    }
    public enum Events: DigestSubject { public static let salt: StaticString = "TransactionEvents" }
    public enum Checkpoint: DigestSubject {
        public static let salt: StaticString = "CheckpointSummary"
    }
    public enum Contents: DigestSubject {
        public static let salt: StaticString = "CheckpointContents"
    }
}

/// Names a transaction before anyone has signed it: signatures are not covered.
public typealias TransactionDigest = SuiDigest<DigestSubjects.Transaction>
public typealias ObjectDigest = SuiDigest<DigestSubjects.Object>
public typealias EffectsDigest = SuiDigest<DigestSubjects.Effects>
public typealias EventsDigest = SuiDigest<DigestSubjects.Events>
public typealias CheckpointDigest = SuiDigest<DigestSubjects.Checkpoint>
public typealias CheckpointContentsDigest = SuiDigest<DigestSubjects.Contents>
