/// Escrow that only its owner can empty and one operator may charge, each operation once.
///
/// The interface is pinned by `Vectors/contract/escrow.json` and explained in `Docs/Contract.md`.
/// Two rules carry everything else. Money leaves an account in two ways only: `withdraw`, by its
/// owner, and `charge`, into the treasury that its operator named once and for all. And every
/// operation of the operator takes the account's next sequence number, so whatever is signed,
/// re-signed, delayed or replayed, operation number `seq` has one outcome for ever.
module escrow::account;

use sui::balance::{Self, Balance};
use sui::clock::Clock;
use sui::coin::{Self, Coin};
use sui::event;
use sui::transfer::Receiving;

// === Limits ===

/// 28 days.
const PERIOD_MS: u64 = 2_419_200_000;
/// 2^63 - 1. No balance, limit or sum of a period goes above it, so every amount fits a signed
/// 64-bit integer wherever it is read.
const MAX_AMOUNT: u64 = 9_223_372_036_854_775_807;
const MAX_REFERENCE_BYTES: u64 = 64;

// === Reasons of `Declined` ===

const DECLINED_BALANCE: u8 = 1;
const DECLINED_LIMIT: u8 = 2;
const DECLINED_STALE: u8 = 3;

// === Abort codes ===

const ENotOperator: u64 = 1;
const ENotOwner: u64 = 2;
const EZeroAmount: u64 = 3;
const EInsufficientBalance: u64 = 4;
const EReferenceTooLong: u64 = 5;
const EAmountTooLarge: u64 = 6;
const EStaleSequence: u64 = 7;
const EWrongOperator: u64 = 8;

// === Objects ===

/// Who may charge, and where charges go. Shared.
public struct Operator has key {
    id: UID,
    /// The hot key. `rotate_charger` replaces it.
    charger: address,
    /// Set once. No function changes it.
    treasury: address,
}

/// The right to replace the charger of one operator.
public struct OperatorCap has key, store {
    id: UID,
    operator: ID,
}

/// A customer's money. Shared. It has no `store`, so no other module can move or wrap it.
public struct Account<phantom T> has key {
    id: UID,
    owner: address,
    operator: ID,
    balance: Balance<T>,
    /// The most that may be charged in a period; 0 is unlimited.
    spending_limit: u64,
    period_start_ms: u64,
    period_charged: u64,
    /// How many operations of the operator have an outcome.
    seq: u64,
}

/// Lets a wallet find its account. Grants nothing.
public struct AccountTracker has key, store {
    id: UID,
    account: ID,
}

/// What `charge` yields. Without abilities it can be joined and settled and nothing else, so a
/// stolen charger key cannot send it anywhere but into the treasury.
public struct Proceeds<phantom T> {
    operator: ID,
    balance: Balance<T>,
}

// === Events ===

public struct OperatorCreated has copy, drop {
    operator: ID,
    charger: address,
    treasury: address,
}

public struct ChargerRotated has copy, drop {
    operator: ID,
    old_charger: address,
    new_charger: address,
}

public struct AccountOpened<phantom T> has copy, drop {
    account: ID,
    tracker: ID,
    owner: address,
    operator: ID,
    spending_limit: u64,
    timestamp_ms: u64,
}

public struct Deposited<phantom T> has copy, drop {
    account: ID,
    from: address,
    amount: u64,
    balance_after: u64,
}

public struct Withdrawn<phantom T> has copy, drop {
    account: ID,
    amount: u64,
    balance_after: u64,
}

public struct SpendingLimitChanged<phantom T> has copy, drop {
    account: ID,
    old_limit: u64,
    new_limit: u64,
}

public struct Charged<phantom T> has copy, drop {
    account: ID,
    seq: u64,
    amount: u64,
    reference: vector<u8>,
    balance_after: u64,
    period_charged: u64,
    period_start_ms: u64,
}

public struct Declined<phantom T> has copy, drop {
    account: ID,
    seq: u64,
    amount: u64,
    reference: vector<u8>,
    reason: u8,
    balance: u64,
    period_charged: u64,
}

public struct Cancelled<phantom T> has copy, drop {
    account: ID,
    seq: u64,
    reference: vector<u8>,
}

public struct Refunded<phantom T> has copy, drop {
    account: ID,
    seq: u64,
    amount: u64,
    reference: vector<u8>,
    balance_after: u64,
}

// === Operators ===

#[allow(lint(self_transfer))]
/// Shares a new operator and gives the sender its cap.
public fun create_operator(charger: address, treasury: address, ctx: &mut TxContext) {
    let operator = Operator { id: object::new(ctx), charger, treasury };
    let operator_id = object::id(&operator);
    let cap = OperatorCap { id: object::new(ctx), operator: operator_id };
    event::emit(OperatorCreated { operator: operator_id, charger, treasury });
    transfer::share_object(operator);
    transfer::public_transfer(cap, ctx.sender());
}

/// From here on only the new charger can charge; the treasury stays.
public fun rotate_charger(cap: &OperatorCap, operator: &mut Operator, charger: address) {
    let operator_id = object::id(operator);
    assert!(cap.operator == operator_id, EWrongOperator);
    let old_charger = operator.charger;
    operator.charger = charger;
    event::emit(ChargerRotated { operator: operator_id, old_charger, new_charger: charger });
}

// === Customers ===

#[allow(lint(self_transfer))]
/// Shares a new account that belongs to the sender. The payment may be zero.
public fun open<T>(
    operator: &Operator,
    spending_limit: u64,
    payment: Coin<T>,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    let amount = coin::value(&payment);
    assert!(spending_limit <= MAX_AMOUNT, EAmountTooLarge);
    assert!(amount <= MAX_AMOUNT, EAmountTooLarge);
    let owner = ctx.sender();
    let operator_id = object::id(operator);
    let timestamp_ms = clock.timestamp_ms();
    let account = Account<T> {
        id: object::new(ctx),
        owner,
        operator: operator_id,
        balance: coin::into_balance(payment),
        spending_limit,
        period_start_ms: timestamp_ms,
        period_charged: 0,
        seq: 0,
    };
    let account_id = object::id(&account);
    let tracker = AccountTracker { id: object::new(ctx), account: account_id };
    let tracker_id = object::id(&tracker);
    event::emit(AccountOpened<T> {
        account: account_id,
        tracker: tracker_id,
        owner,
        operator: operator_id,
        spending_limit,
        timestamp_ms,
    });
    if (amount > 0) {
        event::emit(Deposited<T> {
            account: account_id,
            from: owner,
            amount,
            balance_after: amount,
        });
    };
    transfer::share_object(account);
    transfer::public_transfer(tracker, owner);
}

/// Anybody may pay in: a gift harms nobody.
public fun deposit<T>(account: &mut Account<T>, payment: Coin<T>, ctx: &TxContext) {
    let amount = take_in(account, payment);
    event::emit(Deposited<T> {
        account: object::id(account),
        from: ctx.sender(),
        amount,
        balance_after: balance::value(&account.balance),
    });
}

/// Takes in a coin that was sent to the account's own address by mistake.
public fun receive<T>(account: &mut Account<T>, sent: Receiving<Coin<T>>, ctx: &TxContext) {
    let payment = transfer::public_receive(&mut account.id, sent);
    deposit(account, payment, ctx);
}

/// The owner's way out. It takes no `Operator`, so nothing of the operator's can stop it.
public fun withdraw<T>(account: &mut Account<T>, amount: u64, ctx: &mut TxContext): Coin<T> {
    assert!(ctx.sender() == account.owner, ENotOwner);
    assert!(amount > 0, EZeroAmount);
    assert!(amount <= balance::value(&account.balance), EInsufficientBalance);
    let withdrawn = coin::take(&mut account.balance, amount, ctx);
    event::emit(Withdrawn<T> {
        account: object::id(account),
        amount,
        balance_after: balance::value(&account.balance),
    });
    withdrawn
}

/// Applies from the next charge on, to what the present period has already been charged too.
public fun set_spending_limit<T>(
    account: &mut Account<T>,
    limit: u64,
    clock: &Clock,
    ctx: &TxContext,
) {
    assert!(ctx.sender() == account.owner, ENotOwner);
    assert!(limit <= MAX_AMOUNT, EAmountTooLarge);
    roll_period(account, clock);
    let old_limit = account.spending_limit;
    account.spending_limit = limit;
    event::emit(SpendingLimitChanged<T> {
        account: object::id(account),
        old_limit,
        new_limit: limit,
    });
}

// === Operations of the charger ===

/// Operation `seq` of this account: charged, or declined for want of balance or limit. Where
/// `seq` is not the next one, nothing changes. Being declined is no abort, so that one
/// customer's empty account never stops a batch.
public fun charge<T>(
    account: &mut Account<T>,
    operator: &Operator,
    seq: u64,
    amount: u64,
    reference: vector<u8>,
    clock: &Clock,
    ctx: &TxContext,
): Proceeds<T> {
    assert_charger(account, operator, ctx);
    assert!(amount > 0, EZeroAmount);
    assert!(amount <= MAX_AMOUNT, EAmountTooLarge);
    assert!(reference.length() <= MAX_REFERENCE_BYTES, EReferenceTooLong);
    if (seq != account.seq + 1) {
        return decline(account, seq, amount, reference, DECLINED_STALE)
    };
    roll_period(account, clock);
    account.seq = seq;
    if (is_over_limit(account, amount)) {
        return decline(account, seq, amount, reference, DECLINED_LIMIT)
    };
    if (amount > balance::value(&account.balance)) {
        return decline(account, seq, amount, reference, DECLINED_BALANCE)
    };
    let charged = balance::split(&mut account.balance, amount);
    account.period_charged = account.period_charged + amount;
    event::emit(Charged<T> {
        account: object::id(account),
        seq,
        amount,
        reference,
        balance_after: balance::value(&account.balance),
        period_charged: account.period_charged,
        period_start_ms: account.period_start_ms,
    });
    Proceeds<T> { operator: account.operator, balance: charged }
}

/// Uses up `seq` without moving money: after it, no older signed charge of that number can run.
public fun cancel<T>(
    account: &mut Account<T>,
    operator: &Operator,
    seq: u64,
    reference: vector<u8>,
    ctx: &TxContext,
) {
    assert_charger(account, operator, ctx);
    assert!(reference.length() <= MAX_REFERENCE_BYTES, EReferenceTooLong);
    assert!(seq == account.seq + 1, EStaleSequence);
    account.seq = seq;
    event::emit(Cancelled<T> { account: object::id(account), seq, reference });
}

/// Pays back from the charger's own coins. What the period was charged stays as it is.
public fun refund<T>(
    account: &mut Account<T>,
    operator: &Operator,
    seq: u64,
    payment: Coin<T>,
    reference: vector<u8>,
    ctx: &TxContext,
) {
    assert_charger(account, operator, ctx);
    let amount = take_in(account, payment);
    assert!(reference.length() <= MAX_REFERENCE_BYTES, EReferenceTooLong);
    assert!(seq == account.seq + 1, EStaleSequence);
    account.seq = seq;
    event::emit(Refunded<T> {
        account: object::id(account),
        seq,
        amount,
        reference,
        balance_after: balance::value(&account.balance),
    });
}

// === Proceeds ===

/// Adds the proceeds of another charge of the same operator.
public fun join<T>(into: &mut Proceeds<T>, other: Proceeds<T>) {
    let Proceeds { operator, balance: added } = other;
    assert!(into.operator == operator, EWrongOperator);
    balance::join(&mut into.balance, added);
}

/// Sends the sum to the treasury as one coin. A sum of zero sends nothing.
public fun settle<T>(proceeds: Proceeds<T>, operator: &Operator, ctx: &mut TxContext) {
    let Proceeds { operator: operator_id, balance: sum } = proceeds;
    assert!(operator_id == object::id(operator), EWrongOperator);
    if (balance::value(&sum) == 0) {
        balance::destroy_zero(sum);
    } else {
        transfer::public_transfer(coin::from_balance(sum, ctx), operator.treasury);
    };
}

// === Inside ===

fun assert_charger<T>(account: &Account<T>, operator: &Operator, ctx: &TxContext) {
    assert!(ctx.sender() == operator.charger, ENotOperator);
    assert!(account.operator == object::id(operator), ENotOperator);
}

/// Joins the coin to the balance and returns how much it was.
fun take_in<T>(account: &mut Account<T>, payment: Coin<T>): u64 {
    let amount = coin::value(&payment);
    assert!(amount > 0, EZeroAmount);
    // The balance is never above MAX_AMOUNT, so this cannot underflow.
    assert!(amount <= MAX_AMOUNT - balance::value(&account.balance), EAmountTooLarge);
    coin::put(&mut account.balance, payment);
    amount
}

/// Moves the period on by whole periods, so that its edges never drift.
fun roll_period<T>(account: &mut Account<T>, clock: &Clock) {
    let now = clock.timestamp_ms();
    if (now >= account.period_start_ms + PERIOD_MS) {
        let periods = (now - account.period_start_ms) / PERIOD_MS;
        account.period_start_ms = account.period_start_ms + periods * PERIOD_MS;
        account.period_charged = 0;
    };
}

/// Unlimited means up to MAX_AMOUNT, so that the period's sum cannot overflow.
fun is_over_limit<T>(account: &Account<T>, amount: u64): bool {
    let limit = if (account.spending_limit == 0) { MAX_AMOUNT } else { account.spending_limit };
    account.period_charged >= limit || amount > limit - account.period_charged
}

fun decline<T>(
    account: &Account<T>,
    seq: u64,
    amount: u64,
    reference: vector<u8>,
    reason: u8,
): Proceeds<T> {
    event::emit(Declined<T> {
        account: object::id(account),
        seq,
        amount,
        reference,
        reason,
        balance: balance::value(&account.balance),
        period_charged: account.period_charged,
    });
    Proceeds<T> { operator: account.operator, balance: balance::zero<T>() }
}
