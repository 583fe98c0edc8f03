#[test_only]
/// What operators and customers do: create, rotate, open, deposit, receive, withdraw, limit.
module escrow::account_tests;

use escrow::account::{
    Self,
    Account,
    AccountOpened,
    AccountTracker,
    ChargerRotated,
    Deposited,
    Operator,
    OperatorCap,
    OperatorCreated,
    SpendingLimitChanged,
    Withdrawn,
};
use escrow::stage;
use std::bcs;
use sui::event;
use sui::sui::SUI;
use sui::test_scenario;

// === create_operator ===

#[test]
fun create_operator_shares_it_and_gives_the_sender_the_cap() {
    let mut scenario = stage::begin_without_account();
    let created = event::events_by_type<OperatorCreated>();
    assert!(created.length() == 1);
    let event_bytes = bcs::to_bytes(vector::borrow(&created, 0));

    test_scenario::next_tx(&mut scenario, stage::publisher());
    let operator = test_scenario::take_shared<Operator>(&scenario);
    let mut expected = object::id_bytes(&operator);
    stage::add_address(&mut expected, stage::charger());
    stage::add_address(&mut expected, stage::treasury());
    assert!(bcs::to_bytes(&operator) == expected);
    assert!(event_bytes == expected);

    let cap = test_scenario::take_from_sender<OperatorCap>(&scenario);
    let mut cap_bytes = object::id_bytes(&cap);
    stage::add_id(&mut cap_bytes, object::id(&operator));
    assert!(bcs::to_bytes(&cap) == cap_bytes);

    test_scenario::return_to_sender(&scenario, cap);
    test_scenario::return_shared(operator);
    test_scenario::end(scenario);
}

// === rotate_charger ===

#[test]
fun rotate_charger_replaces_the_charger_and_keeps_the_treasury() {
    let mut scenario = stage::begin_without_account();
    test_scenario::next_tx(&mut scenario, stage::publisher());
    let cap = test_scenario::take_from_sender<OperatorCap>(&scenario);
    let mut operator = test_scenario::take_shared<Operator>(&scenario);

    account::rotate_charger(&cap, &mut operator, @0x31);

    let mut rotated = object::id_bytes(&operator);
    stage::add_address(&mut rotated, stage::charger());
    stage::add_address(&mut rotated, @0x31);
    stage::check_event<ChargerRotated>(rotated);
    let mut expected = object::id_bytes(&operator);
    stage::add_address(&mut expected, @0x31);
    stage::add_address(&mut expected, stage::treasury());
    assert!(bcs::to_bytes(&operator) == expected);

    test_scenario::return_to_sender(&scenario, cap);
    test_scenario::return_shared(operator);
    test_scenario::end(scenario);
}

#[test]
fun rotate_charger_lets_the_new_one_charge() {
    let mut scenario = stage::begin(0, 100);
    rotate(&mut scenario, @0x31);
    stage::charge(&mut scenario, @0x31, 1, 10, stage::reference());
    stage::check_account(&mut scenario, 90, 0, stage::start_ms(), 10, 1);
    test_scenario::end(scenario);
}

#[test, expected_failure(abort_code = 1, location = escrow::account)]
fun charge_by_a_charger_that_was_rotated_away_aborts() {
    let mut scenario = stage::begin(0, 100);
    rotate(&mut scenario, @0x31);
    stage::charge(&mut scenario, stage::charger(), 1, 10, stage::reference());
    abort 0
}

#[test, expected_failure(abort_code = 8, location = escrow::account)]
fun rotate_charger_with_the_cap_of_another_operator_aborts() {
    let mut scenario = stage::begin_without_account();
    let first = stage::operator_id(&mut scenario);
    account::create_operator(@0x31, @0x41, test_scenario::ctx(&mut scenario));
    test_scenario::next_tx(&mut scenario, stage::stranger());
    let cap = test_scenario::take_from_sender<OperatorCap>(&scenario);
    let mut operator = test_scenario::take_shared_by_id<Operator>(&scenario, first);
    account::rotate_charger(&cap, &mut operator, stage::stranger());
    abort 0
}

// === open ===

#[test]
fun open_with_a_payment_makes_the_sender_the_owner() {
    let mut scenario = stage::begin(40, 100);
    let opened = event::events_by_type<AccountOpened<SUI>>();
    let paid = event::events_by_type<Deposited<SUI>>();
    assert!(opened.length() == 1);
    assert!(paid.length() == 1);
    let opened_bytes = bcs::to_bytes(vector::borrow(&opened, 0));
    let paid_bytes = bcs::to_bytes(vector::borrow(&paid, 0));

    let account_id = stage::account_id(&mut scenario);
    let operator_id = stage::operator_id(&mut scenario);
    test_scenario::next_tx(&mut scenario, stage::customer());
    let tracker = test_scenario::take_from_sender<AccountTracker>(&scenario);
    let mut tracker_bytes = object::id_bytes(&tracker);
    stage::add_id(&mut tracker_bytes, account_id);
    assert!(bcs::to_bytes(&tracker) == tracker_bytes);

    let mut expected = object::id_to_bytes(&account_id);
    stage::add_id(&mut expected, object::id(&tracker));
    stage::add_address(&mut expected, stage::customer());
    stage::add_id(&mut expected, operator_id);
    stage::add_u64(&mut expected, 40);
    stage::add_u64(&mut expected, stage::start_ms());
    assert!(opened_bytes == expected);
    assert!(paid_bytes == deposited(account_id, stage::customer(), 100, 100));

    test_scenario::return_to_sender(&scenario, tracker);
    stage::check_account(&mut scenario, 100, 40, stage::start_ms(), 0, 0);
    test_scenario::end(scenario);
}

#[test]
fun open_with_nothing_deposits_nothing() {
    let mut scenario = stage::begin(0, 0);
    let opened = event::events_by_type<AccountOpened<SUI>>();
    assert!(opened.length() == 1);
    stage::check_no_event<Deposited<SUI>>();
    stage::check_account(&mut scenario, 0, 0, stage::start_ms(), 0, 0);
    test_scenario::end(scenario);
}

#[test]
fun open_takes_the_highest_limit_and_amount() {
    let most = stage::max_amount();
    let mut scenario = stage::begin(most, most);
    stage::check_account(&mut scenario, most, most, stage::start_ms(), 0, 0);
    test_scenario::end(scenario);
}

#[test, expected_failure(abort_code = 6, location = escrow::account)]
fun open_with_a_limit_above_the_highest_aborts() {
    let _scenario = stage::begin(stage::max_amount() + 1, 0);
    abort 0
}

#[test, expected_failure(abort_code = 6, location = escrow::account)]
fun open_with_more_than_the_highest_amount_aborts() {
    let _scenario = stage::begin(0, stage::max_amount() + 1);
    abort 0
}

// === deposit and receive ===

#[test]
fun deposit_is_open_to_anybody() {
    let mut scenario = stage::begin(0, 100);
    let account_id = stage::account_id(&mut scenario);
    stage::deposit(&mut scenario, stage::stranger(), 5);
    stage::check_event<Deposited<SUI>>(deposited(account_id, stage::stranger(), 5, 105));
    stage::check_account(&mut scenario, 105, 0, stage::start_ms(), 0, 0);
    test_scenario::end(scenario);
}

#[test, expected_failure(abort_code = 3, location = escrow::account)]
fun deposit_of_nothing_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::deposit(&mut scenario, stage::customer(), 0);
    abort 0
}

#[test, expected_failure(abort_code = 6, location = escrow::account)]
fun deposit_that_lifts_the_balance_above_the_highest_amount_aborts() {
    let mut scenario = stage::begin(0, 1);
    stage::deposit(&mut scenario, stage::customer(), stage::max_amount());
    abort 0
}

#[test]
fun receive_takes_in_a_coin_sent_to_the_accounts_own_address() {
    let mut scenario = stage::begin(0, 100);
    let account_id = stage::account_id(&mut scenario);
    stage::receive(&mut scenario, stage::stranger(), 7);
    stage::check_event<Deposited<SUI>>(deposited(account_id, stage::stranger(), 7, 107));
    stage::check_account(&mut scenario, 107, 0, stage::start_ms(), 0, 0);
    test_scenario::end(scenario);
}

#[test, expected_failure(abort_code = 3, location = escrow::account)]
fun receive_of_nothing_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::receive(&mut scenario, stage::customer(), 0);
    abort 0
}

#[test, expected_failure(abort_code = 6, location = escrow::account)]
fun receive_that_lifts_the_balance_above_the_highest_amount_aborts() {
    let mut scenario = stage::begin(0, 1);
    stage::receive(&mut scenario, stage::customer(), stage::max_amount());
    abort 0
}

// === withdraw ===

#[test]
fun withdraw_gives_the_owner_any_part() {
    let mut scenario = stage::begin(40, 100);
    let mut expected = object::id_to_bytes(&stage::account_id(&mut scenario));
    stage::withdraw(&mut scenario, stage::customer(), 30);
    stage::add_u64(&mut expected, 30);
    stage::add_u64(&mut expected, 70);
    stage::check_event<Withdrawn<SUI>>(expected);
    stage::check_account(&mut scenario, 70, 40, stage::start_ms(), 0, 0);
    test_scenario::end(scenario);
}

#[test]
fun withdraw_gives_the_owner_everything() {
    let mut scenario = stage::begin(40, 100);
    stage::withdraw(&mut scenario, stage::customer(), 100);
    stage::check_account(&mut scenario, 0, 40, stage::start_ms(), 0, 0);
    test_scenario::end(scenario);
}

#[test, expected_failure(abort_code = 2, location = escrow::account)]
fun withdraw_by_the_charger_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::withdraw(&mut scenario, stage::charger(), 1);
    abort 0
}

#[test, expected_failure(abort_code = 2, location = escrow::account)]
fun withdraw_by_a_stranger_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::withdraw(&mut scenario, stage::stranger(), 1);
    abort 0
}

#[test, expected_failure(abort_code = 2, location = escrow::account)]
fun withdraw_with_the_owners_tracker_by_another_aborts() {
    let mut scenario = stage::begin(0, 100);
    test_scenario::next_tx(&mut scenario, stage::customer());
    let tracker = test_scenario::take_from_sender<AccountTracker>(&scenario);
    transfer::public_transfer(tracker, stage::stranger());
    stage::withdraw(&mut scenario, stage::stranger(), 1);
    abort 0
}

#[test, expected_failure(abort_code = 3, location = escrow::account)]
fun withdraw_of_nothing_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::withdraw(&mut scenario, stage::customer(), 0);
    abort 0
}

#[test, expected_failure(abort_code = 4, location = escrow::account)]
fun withdraw_of_one_unit_too_much_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::withdraw(&mut scenario, stage::customer(), 101);
    abort 0
}

// === set_spending_limit ===

#[test]
fun set_spending_limit_changes_it() {
    let mut scenario = stage::begin(40, 100);
    let mut expected = object::id_to_bytes(&stage::account_id(&mut scenario));
    stage::set_limit(&mut scenario, stage::customer(), stage::max_amount());
    stage::add_u64(&mut expected, 40);
    stage::add_u64(&mut expected, stage::max_amount());
    stage::check_event<SpendingLimitChanged<SUI>>(expected);
    stage::check_account(&mut scenario, 100, stage::max_amount(), stage::start_ms(), 0, 0);
    test_scenario::end(scenario);
}

#[test, expected_failure(abort_code = 2, location = escrow::account)]
fun set_spending_limit_by_the_charger_aborts() {
    let mut scenario = stage::begin(40, 100);
    stage::set_limit(&mut scenario, stage::charger(), 0);
    abort 0
}

#[test, expected_failure(abort_code = 6, location = escrow::account)]
fun set_spending_limit_above_the_highest_aborts() {
    let mut scenario = stage::begin(40, 100);
    stage::set_limit(&mut scenario, stage::customer(), stage::max_amount() + 1);
    abort 0
}

// === Two accounts of one owner ===

#[test]
fun a_second_account_of_the_same_owner_stands_alone() {
    let mut scenario = stage::begin(0, 100);
    let first = stage::account_id(&mut scenario);
    stage::open(&mut scenario, 0, 8);
    stage::withdraw(&mut scenario, stage::customer(), 8);
    stage::check_account(&mut scenario, 0, 0, stage::start_ms(), 0, 0);

    assert!(stage::account_id(&mut scenario) != first);
    test_scenario::next_tx(&mut scenario, stage::customer());
    let mut account = test_scenario::take_shared_by_id<Account<SUI>>(&scenario, first);
    let withdrawn = account::withdraw(&mut account, 100, test_scenario::ctx(&mut scenario));
    transfer::public_transfer(withdrawn, stage::customer());
    test_scenario::return_shared(account);
    test_scenario::end(scenario);
}

// === What tests here share ===

fun rotate(scenario: &mut test_scenario::Scenario, charger: address) {
    test_scenario::next_tx(scenario, stage::publisher());
    let cap = test_scenario::take_from_sender<OperatorCap>(scenario);
    let mut operator = test_scenario::take_shared<Operator>(scenario);
    account::rotate_charger(&cap, &mut operator, charger);
    test_scenario::return_to_sender(scenario, cap);
    test_scenario::return_shared(operator);
}

fun deposited(account_id: ID, from: address, amount: u64, balance_after: u64): vector<u8> {
    let mut expected = object::id_to_bytes(&account_id);
    stage::add_address(&mut expected, from);
    stage::add_u64(&mut expected, amount);
    stage::add_u64(&mut expected, balance_after);
    expected
}
