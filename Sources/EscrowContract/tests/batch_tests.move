#[test_only]
/// Charges of several accounts in one transaction, and operators that are not the account's.
module escrow::batch_tests;

use escrow::account::{Self, Account, Charged, Declined, Operator};
use escrow::stage;
use sui::clock::Clock;
use sui::event;
use sui::sui::SUI;
use sui::test_scenario::{Self, Scenario};

#[test]
fun a_batch_sends_its_sum_as_one_coin() {
    let (mut scenario, first, second) = two_accounts(100, 200);
    charge_both(&mut scenario, first, second, 10, 20);
    assert!(event::events_by_type<Charged<SUI>>().length() == 2);
    stage::check_treasury(&mut scenario, 1, 30);
    test_scenario::end(scenario);
}

#[test]
fun an_empty_account_does_not_stop_the_others_of_a_batch() {
    let (mut scenario, first, second) = two_accounts(0, 200);
    charge_both(&mut scenario, first, second, 10, 20);
    assert!(event::events_by_type<Charged<SUI>>().length() == 1);
    assert!(event::events_by_type<Declined<SUI>>().length() == 1);
    stage::check_treasury(&mut scenario, 1, 20);
    test_scenario::end(scenario);
}

#[test]
fun a_batch_where_all_is_declined_sends_no_coin() {
    let (mut scenario, first, second) = two_accounts(0, 0);
    charge_both(&mut scenario, first, second, 10, 20);
    assert!(event::events_by_type<Declined<SUI>>().length() == 2);
    stage::check_treasury(&mut scenario, 0, 0);
    test_scenario::end(scenario);
}

#[test, expected_failure(abort_code = 1, location = escrow::account)]
fun charge_of_an_account_of_another_operator_aborts() {
    let (mut scenario, foreign) = foreign_operator();
    test_scenario::next_tx(&mut scenario, stage::charger());
    let mut account = test_scenario::take_shared<Account<SUI>>(&scenario);
    let operator = test_scenario::take_shared_by_id<Operator>(&scenario, foreign);
    let clock = test_scenario::take_shared<Clock>(&scenario);
    let _proceeds = account::charge(
        &mut account,
        &operator,
        1,
        10,
        stage::reference(),
        &clock,
        test_scenario::ctx(&mut scenario),
    );
    abort 0
}

#[test, expected_failure(abort_code = 1, location = escrow::account)]
fun cancel_on_an_account_of_another_operator_aborts() {
    let (mut scenario, foreign) = foreign_operator();
    test_scenario::next_tx(&mut scenario, stage::charger());
    let mut account = test_scenario::take_shared<Account<SUI>>(&scenario);
    let operator = test_scenario::take_shared_by_id<Operator>(&scenario, foreign);
    account::cancel(
        &mut account,
        &operator,
        1,
        stage::reference(),
        test_scenario::ctx(&mut scenario),
    );
    abort 0
}

#[test, expected_failure(abort_code = 1, location = escrow::account)]
fun refund_to_an_account_of_another_operator_aborts() {
    let (mut scenario, foreign) = foreign_operator();
    test_scenario::next_tx(&mut scenario, stage::charger());
    let mut account = test_scenario::take_shared<Account<SUI>>(&scenario);
    let operator = test_scenario::take_shared_by_id<Operator>(&scenario, foreign);
    let payment = stage::mint(&mut scenario, 10);
    account::refund(
        &mut account,
        &operator,
        1,
        payment,
        stage::reference(),
        test_scenario::ctx(&mut scenario),
    );
    abort 0
}

#[test, expected_failure(abort_code = 8, location = escrow::account)]
fun settle_into_the_treasury_of_another_operator_aborts() {
    let mut scenario = stage::begin(0, 100);
    let ours = stage::operator_id(&mut scenario);
    let foreign = add_operator(&mut scenario);
    test_scenario::next_tx(&mut scenario, stage::charger());
    let mut account = test_scenario::take_shared<Account<SUI>>(&scenario);
    let operator = test_scenario::take_shared_by_id<Operator>(&scenario, ours);
    let other = test_scenario::take_shared_by_id<Operator>(&scenario, foreign);
    let clock = test_scenario::take_shared<Clock>(&scenario);
    let proceeds = account::charge(
        &mut account,
        &operator,
        1,
        10,
        stage::reference(),
        &clock,
        test_scenario::ctx(&mut scenario),
    );
    account::settle(proceeds, &other, test_scenario::ctx(&mut scenario));
    abort 0
}

#[test, expected_failure(abort_code = 8, location = escrow::account)]
fun settle_of_nothing_with_another_operator_aborts() {
    let mut scenario = stage::begin(0, 0);
    let ours = stage::operator_id(&mut scenario);
    let foreign = add_operator(&mut scenario);
    test_scenario::next_tx(&mut scenario, stage::charger());
    let mut account = test_scenario::take_shared<Account<SUI>>(&scenario);
    let operator = test_scenario::take_shared_by_id<Operator>(&scenario, ours);
    let other = test_scenario::take_shared_by_id<Operator>(&scenario, foreign);
    let clock = test_scenario::take_shared<Clock>(&scenario);
    let proceeds = account::charge(
        &mut account,
        &operator,
        1,
        10,
        stage::reference(),
        &clock,
        test_scenario::ctx(&mut scenario),
    );
    account::settle(proceeds, &other, test_scenario::ctx(&mut scenario));
    abort 0
}

#[test, expected_failure(abort_code = 8, location = escrow::account)]
fun join_of_proceeds_of_two_operators_aborts() {
    let mut scenario = stage::begin(0, 100);
    let first = stage::account_id(&mut scenario);
    let ours = stage::operator_id(&mut scenario);
    let foreign = add_operator(&mut scenario);
    stage::open(&mut scenario, 0, 100);
    let second = stage::account_id(&mut scenario);

    test_scenario::next_tx(&mut scenario, stage::charger());
    let operator = test_scenario::take_shared_by_id<Operator>(&scenario, ours);
    let other = test_scenario::take_shared_by_id<Operator>(&scenario, foreign);
    let clock = test_scenario::take_shared<Clock>(&scenario);
    let mut account_1 = test_scenario::take_shared_by_id<Account<SUI>>(&scenario, first);
    let mut account_2 = test_scenario::take_shared_by_id<Account<SUI>>(&scenario, second);
    let mut proceeds = account::charge(
        &mut account_1,
        &operator,
        1,
        10,
        stage::reference(),
        &clock,
        test_scenario::ctx(&mut scenario),
    );
    let foreign_proceeds = account::charge(
        &mut account_2,
        &other,
        1,
        10,
        stage::reference(),
        &clock,
        test_scenario::ctx(&mut scenario),
    );
    account::join(&mut proceeds, foreign_proceeds);
    abort 0
}

// === What tests here share ===

/// Accounts of one operator with these balances.
fun two_accounts(first: u64, second: u64): (Scenario, ID, ID) {
    let mut scenario = stage::begin(0, first);
    let first_id = stage::account_id(&mut scenario);
    stage::open(&mut scenario, 0, second);
    let second_id = stage::account_id(&mut scenario);
    (scenario, first_id, second_id)
}

fun charge_both(scenario: &mut Scenario, first: ID, second: ID, amount_1: u64, amount_2: u64) {
    test_scenario::next_tx(scenario, stage::charger());
    let operator = test_scenario::take_shared<Operator>(scenario);
    let clock = test_scenario::take_shared<Clock>(scenario);
    let mut account_1 = test_scenario::take_shared_by_id<Account<SUI>>(scenario, first);
    let mut account_2 = test_scenario::take_shared_by_id<Account<SUI>>(scenario, second);
    let mut proceeds = account::charge(
        &mut account_1,
        &operator,
        1,
        amount_1,
        stage::reference(),
        &clock,
        test_scenario::ctx(scenario),
    );
    let more = account::charge(
        &mut account_2,
        &operator,
        1,
        amount_2,
        stage::reference(),
        &clock,
        test_scenario::ctx(scenario),
    );
    account::join(&mut proceeds, more);
    account::settle(proceeds, &operator, test_scenario::ctx(scenario));
    test_scenario::return_shared(operator);
    test_scenario::return_shared(clock);
    test_scenario::return_shared(account_1);
    test_scenario::return_shared(account_2);
}

/// An account of the usual operator, and another operator with the same charger.
fun foreign_operator(): (Scenario, ID) {
    let mut scenario = stage::begin(0, 100);
    let foreign = add_operator(&mut scenario);
    (scenario, foreign)
}

/// With the same charger and a treasury of a stranger's.
fun add_operator(scenario: &mut Scenario): ID {
    test_scenario::next_tx(scenario, stage::stranger());
    account::create_operator(
        stage::charger(),
        stage::stranger(),
        test_scenario::ctx(scenario),
    );
    stage::operator_id(scenario)
}
