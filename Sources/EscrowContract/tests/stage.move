#[test_only]
/// One operator, one customer, one clock, and each call as a transaction of its own.
///
/// Events and objects are compared by their BCS bytes, put together here from single values: their
/// fields are private to the contract, and the bytes are what everybody else reads.
module escrow::stage;

use escrow::account::{Self, Account, Operator};
use std::bcs;
use sui::clock::{Self, Clock};
use sui::coin::{Self, Coin};
use sui::event;
use sui::sui::SUI;
use sui::test_scenario::{Self, Scenario};

const START_MS: u64 = 1_700_000_000_000;
const PERIOD_MS: u64 = 2_419_200_000;
const MAX_AMOUNT: u64 = 9_223_372_036_854_775_807;

public fun publisher(): address { @0x10 }

public fun customer(): address { @0x20 }

public fun charger(): address { @0x30 }

public fun treasury(): address { @0x40 }

public fun stranger(): address { @0x50 }

public fun start_ms(): u64 { START_MS }

public fun period_ms(): u64 { PERIOD_MS }

public fun max_amount(): u64 { MAX_AMOUNT }

/// As long as those of the gateway: 32 bytes.
public fun reference(): vector<u8> {
    x"0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
}

public fun bytes(count: u64): vector<u8> {
    let mut made = vector<u8>[];
    while (made.length() < count) {
        made.push_back(7);
    };
    made
}

/// An operator and a clock, and no account.
public fun begin_without_account(): Scenario {
    let mut scenario = test_scenario::begin(publisher());
    let mut clock = clock::create_for_testing(test_scenario::ctx(&mut scenario));
    clock::set_for_testing(&mut clock, START_MS);
    clock::share_for_testing(clock);
    account::create_operator(charger(), treasury(), test_scenario::ctx(&mut scenario));
    scenario
}

/// The customer's account with this limit and balance.
public fun begin(limit: u64, balance: u64): Scenario {
    let mut scenario = begin_without_account();
    open(&mut scenario, limit, balance);
    scenario
}

public fun open(scenario: &mut Scenario, limit: u64, balance: u64) {
    test_scenario::next_tx(scenario, customer());
    let operator = test_scenario::take_shared<Operator>(scenario);
    let clock = test_scenario::take_shared<Clock>(scenario);
    let payment = mint(scenario, balance);
    account::open<SUI>(&operator, limit, payment, &clock, test_scenario::ctx(scenario));
    test_scenario::return_shared(operator);
    test_scenario::return_shared(clock);
}

public fun set_time(scenario: &mut Scenario, now_ms: u64) {
    test_scenario::next_tx(scenario, publisher());
    let mut clock = test_scenario::take_shared<Clock>(scenario);
    clock::set_for_testing(&mut clock, now_ms);
    test_scenario::return_shared(clock);
}

public fun deposit(scenario: &mut Scenario, sender: address, amount: u64) {
    test_scenario::next_tx(scenario, sender);
    let mut account = test_scenario::take_shared<Account<SUI>>(scenario);
    let payment = mint(scenario, amount);
    account::deposit(&mut account, payment, test_scenario::ctx(scenario));
    test_scenario::return_shared(account);
}

/// Sends a coin to the account's own address, then has `sender` take it in.
public fun receive(scenario: &mut Scenario, sender: address, amount: u64) {
    let account_id = account_id(scenario);
    let sent = mint(scenario, amount);
    transfer::public_transfer(sent, object::id_to_address(&account_id));
    test_scenario::next_tx(scenario, sender);
    let mut account = test_scenario::take_shared<Account<SUI>>(scenario);
    let ticket = test_scenario::most_recent_receiving_ticket<Coin<SUI>>(&account_id);
    account::receive(&mut account, ticket, test_scenario::ctx(scenario));
    test_scenario::return_shared(account);
}

public fun withdraw(scenario: &mut Scenario, sender: address, amount: u64) {
    test_scenario::next_tx(scenario, sender);
    let mut account = test_scenario::take_shared<Account<SUI>>(scenario);
    let withdrawn = account::withdraw(&mut account, amount, test_scenario::ctx(scenario));
    assert!(coin::burn_for_testing(withdrawn) == amount);
    test_scenario::return_shared(account);
}

public fun set_limit(scenario: &mut Scenario, sender: address, limit: u64) {
    test_scenario::next_tx(scenario, sender);
    let mut account = test_scenario::take_shared<Account<SUI>>(scenario);
    let clock = test_scenario::take_shared<Clock>(scenario);
    account::set_spending_limit(&mut account, limit, &clock, test_scenario::ctx(scenario));
    test_scenario::return_shared(account);
    test_scenario::return_shared(clock);
}

/// Charges and settles.
public fun charge(
    scenario: &mut Scenario,
    sender: address,
    seq: u64,
    amount: u64,
    reference: vector<u8>,
) {
    test_scenario::next_tx(scenario, sender);
    let mut account = test_scenario::take_shared<Account<SUI>>(scenario);
    let operator = test_scenario::take_shared<Operator>(scenario);
    let clock = test_scenario::take_shared<Clock>(scenario);
    let proceeds = account::charge(
        &mut account,
        &operator,
        seq,
        amount,
        reference,
        &clock,
        test_scenario::ctx(scenario),
    );
    account::settle(proceeds, &operator, test_scenario::ctx(scenario));
    test_scenario::return_shared(account);
    test_scenario::return_shared(operator);
    test_scenario::return_shared(clock);
}

public fun cancel(scenario: &mut Scenario, sender: address, seq: u64, reference: vector<u8>) {
    test_scenario::next_tx(scenario, sender);
    let mut account = test_scenario::take_shared<Account<SUI>>(scenario);
    let operator = test_scenario::take_shared<Operator>(scenario);
    account::cancel(&mut account, &operator, seq, reference, test_scenario::ctx(scenario));
    test_scenario::return_shared(account);
    test_scenario::return_shared(operator);
}

public fun refund(
    scenario: &mut Scenario,
    sender: address,
    seq: u64,
    amount: u64,
    reference: vector<u8>,
) {
    test_scenario::next_tx(scenario, sender);
    let mut account = test_scenario::take_shared<Account<SUI>>(scenario);
    let operator = test_scenario::take_shared<Operator>(scenario);
    let payment = mint(scenario, amount);
    account::refund(
        &mut account,
        &operator,
        seq,
        payment,
        reference,
        test_scenario::ctx(scenario),
    );
    test_scenario::return_shared(account);
    test_scenario::return_shared(operator);
}

/// The account that was touched last. Begins a transaction: within one, an object that was taken
/// is found no more, even after it was given back.
public fun account_id(scenario: &mut Scenario): ID {
    test_scenario::next_tx(scenario, stranger());
    option::destroy_some(test_scenario::most_recent_id_shared<Account<SUI>>())
}

/// The operator that was touched last. Begins a transaction.
public fun operator_id(scenario: &mut Scenario): ID {
    test_scenario::next_tx(scenario, stranger());
    option::destroy_some(test_scenario::most_recent_id_shared<Operator>())
}

public fun mint(scenario: &mut Scenario, amount: u64): Coin<SUI> {
    coin::mint_for_testing<SUI>(amount, test_scenario::ctx(scenario))
}

// === What is seen afterwards ===

/// That the transaction emitted one event of type `E`, with these bytes.
public fun check_event<E: copy + drop>(expected: vector<u8>) {
    let events = event::events_by_type<E>();
    assert!(events.length() == 1);
    assert!(bcs::to_bytes(vector::borrow(&events, 0)) == expected);
}

public fun check_no_event<E: copy + drop>() {
    let events = event::events_by_type<E>();
    assert!(events.length() == 0);
}

/// That the account is the customer's, with these figures. Begins a transaction.
public fun check_account(
    scenario: &mut Scenario,
    balance: u64,
    limit: u64,
    period_start_ms: u64,
    period_charged: u64,
    seq: u64,
) {
    let operator_id = operator_id(scenario);
    let account = test_scenario::take_shared<Account<SUI>>(scenario);
    let mut expected = object::id_bytes(&account);
    add_address(&mut expected, customer());
    add_id(&mut expected, operator_id);
    add_u64(&mut expected, balance);
    add_u64(&mut expected, limit);
    add_u64(&mut expected, period_start_ms);
    add_u64(&mut expected, period_charged);
    add_u64(&mut expected, seq);
    assert!(bcs::to_bytes(&account) == expected);
    test_scenario::return_shared(account);
}

/// That the treasury has so many coins, the last one of this value. Begins a transaction.
public fun check_treasury(scenario: &mut Scenario, coins: u64, last: u64) {
    test_scenario::next_tx(scenario, treasury());
    let ids = test_scenario::ids_for_address<Coin<SUI>>(treasury());
    assert!(ids.length() == coins);
    if (coins > 0) {
        let coin = test_scenario::take_from_address<Coin<SUI>>(scenario, treasury());
        assert!(coin::value(&coin) == last);
        test_scenario::return_to_address(treasury(), coin);
    };
}

// === BCS by hand ===

public fun add_id(to: &mut vector<u8>, id: ID) {
    vector::append(to, object::id_to_bytes(&id));
}

public fun add_address(to: &mut vector<u8>, value: address) {
    vector::append(to, bcs::to_bytes(&value));
}

/// Eight bytes, the lowest first.
public fun add_u64(to: &mut vector<u8>, value: u64) {
    let mut rest = value;
    let mut count = 0;
    while (count < 8) {
        vector::push_back(to, ((rest % 256) as u8));
        rest = rest / 256;
        count = count + 1;
    };
}

/// A length of one byte, then the bytes: up to 127 of them.
public fun add_bytes(to: &mut vector<u8>, value: vector<u8>) {
    vector::push_back(to, (vector::length(&value) as u8));
    vector::append(to, value);
}
