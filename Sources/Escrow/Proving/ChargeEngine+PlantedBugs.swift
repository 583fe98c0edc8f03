#if FAIL_POINTS
    import Determinism
    import Identifiers
    import SuiProtocol

    extension ChargeEngine {
        /// What an engine without its protections would make of a delivery.
        func misuse(_ delivery: Delivery, of digest: TransactionDigest) {
            Task {
                switch delivery {
                case .ran(.success) where PlantedBug.bookedFromAnswer.isOn:
                    try? await database.settleFromAnswer(of: digest)
                case .silent where PlantedBug.givenUpOnSilence.isOn:
                    try? await database.giveUp(digest)
                case .silent where PlantedBug.refundedAnew.isOn:
                    try? await database.refundAnew(digest, as: ChargeID(from: surroundings))
                case .silent where PlantedBug.newSequence.isOn:
                    try? await chargeUnderNextNumber(digest)
                case .ran, .silent, .refused: return
                }
            }
        }

        private func chargeUnderNextNumber(_ digest: TransactionDigest) async throws {
            let operations = try await database.operations(of: digest).filter { $0.kind == .charge }
            let lane = try await database.laneCoins(limit: 64).last { !$0.isClaimed }
            guard let lane, let epoch = status?.said.epoch.number else { return }
            let again = operations.map { one in
                EngineOperation(
                    fixed: ChargeBatch.Operation(
                        charge: one.fixed.charge, account: one.fixed.account,
                        sequence: one.fixed.sequence + 1, amount: one.fixed.amount,
                        reference: one.fixed.reference),
                    kind: one.kind, sharedSince: one.sharedSince, attempts: one.attempts)
            }
            let gas = BatchComposer.Gas(
                payment: [lane.reference], price: gasPrice, budget: lane.balance / 2,
                lastEpoch: Int64(clamping: epoch) + 1)
            let bytes = try composer.transaction(.charge, again, gas: gas).bcs
            _ = try await node.execute(bytes, signatures: [key.sign(.transaction(bytes))])
        }
    }
#endif
