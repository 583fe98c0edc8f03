/// The query documents of clients, each with the variables of ``NodeTests``.
enum NodeDocuments {
    static let all = [
        """
        query Chain { chainIdentifier epoch { epochId referenceGasPrice startTimestamp }
          checkpoint { sequenceNumber digest timestamp } }
        """,
        """
        query Transaction($digest: String!) { transaction(digest: $digest) {
          digest sender { address } transactionBcs signatures { signatureBytes }
          gasInput { gasSponsor { address } gasPrice gasBudget }
          effects { status executionError { message abortCode module { name package { address } } }
            checkpoint { sequenceNumber timestamp } timestamp
            balanceChanges(first: 50) { nodes { owner { address } coinType { repr } amount }
              pageInfo { hasNextPage endCursor } }
            events(first: 50) { nodes { sequenceNumber sender { address }
              contents { type { repr } json bcs } } pageInfo { hasNextPage endCursor } } } } }
        """,
        """
        query Events($type: String, $after: String, $from: UInt53) {
          checkpoint { sequenceNumber }
          events(first: 50, after: $after, filter: { sender: "0x0", afterCheckpoint: $from }) {
            pageInfo { hasNextPage endCursor }
            edges { cursor node { sequenceNumber timestamp sender { address }
              transactionModule { name package { address } }
              transaction { digest effects { status checkpoint { sequenceNumber } } }
              contents { type { repr } json bcs } } } } }
        """,
        """
        query Affecting($address: SuiAddress!, $after: String, $from: UInt53) {
          transactions(first: 50, after: $after,
            filter: { affectedAddress: $address, afterCheckpoint: $from }) {
            pageInfo { hasNextPage endCursor }
            nodes { digest effects { status checkpoint { sequenceNumber }
              balanceChanges(first: 50) { nodes { owner { address } coinType { repr } amount } }
            } } } }
        """,
        """
        query Object($id: SuiAddress!) { object(address: $id) { address version digest
          owner { __typename ... on AddressOwner { address { address } }
            ... on ObjectOwner { address { address } } ... on Shared { initialSharedVersion }
            ... on ConsensusAddressOwner { startVersion address { address } } }
          asMoveObject { contents { type { repr } json bcs } hasPublicTransfer }
          previousTransaction { digest } } }
        """,
        """
        query Objects($keys: [ObjectKey!]!) { multiGetObjects(keys: $keys) {
          address version digest asMoveObject { contents { type { repr } json } } } }
        """,
        """
        query Coins($owner: SuiAddress!, $type: String!, $after: String) {
          address(address: $owner) { objects(first: 50, after: $after, filter: { type: $type }) {
            pageInfo { hasNextPage endCursor }
            nodes { address version digest contents { type { repr } json } } } } }
        """,
        """
        query Balance($owner: SuiAddress!, $coin: String!) { address(address: $owner) {
          balance(coinType: $coin) { coinType { repr } totalBalance coinBalance addressBalance } } }
        """,
        "query Coin($coin: String!) { coinMetadata(coinType: $coin) { decimals symbol name supply } }",
        """
        query Simulate($tx: JSON!) {
          simulateTransaction(transaction: $tx, checksEnabled: true, doGasSelection: false) {
            effects { status executionError { message abortCode module { name } }
              gasEffects { gasSummary { computationCost storageCost storageRebate
                nonRefundableStorageFee } }
              balanceChangesJson events(first: 50) { nodes { contents { type { repr } json } } }
              transaction { transactionBcs } }
            outputs { returnValues { value { bcs json type { repr } } } } } }
        """,
        """
        query Retention { serviceConfig { maxTransactionPayloadSize maxQueryPayloadSize
          maxMultiGetSize availableRange(type: "Query", field: "events") {
            first { sequenceNumber } last { sequenceNumber } } } }
        """,
    ]
}
