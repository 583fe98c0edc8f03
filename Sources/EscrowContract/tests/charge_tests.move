#[test_only]
/// Operations of the charger: what each does, once, and what it refuses.
module escrow::charge_tests;

use escrow::account::{Account, Cancelled, Charged, Declined, Refunded};
use escrow::stage;
use sui::sui::SUI;
use sui::test_scenario;

// === charge ===

#[test]
fun charge_moves_the_amount_to_the_treasury() {
    let mut scenario = stage::begin(40, 100);
    let account_id = stage::account_id(&mut scenario);
    charge(&mut scenario, 1, 15);
    stage::check_event<Charged<SUI>>(charged(account_id, 1, 15, 85, 15));
    stage::check_no_event<Declined<SUI>>();
    stage::check_account(&mut scenario, 85, 40, stage::start_ms(), 15, 1);
    stage::check_treasury(&mut scenario, 1, 15);

    charge(&mut scenario, 2, 25);
    stage::check_event<Charged<SUI>>(charged(account_id, 2, 25, 60, 40));
    stage::check_account(&mut scenario, 60, 40, stage::start_ms(), 40, 2);
    stage::check_treasury(&mut scenario, 2, 25);
    test_scenario::end(scenario);
}

#[test]
fun charge_takes_the_whole_balance_and_the_highest_amount() {
    let most = stage::max_amount();
    let mut scenario = stage::begin(0, most);
    charge(&mut scenario, 1, most);
    stage::check_account(&mut scenario, 0, 0, stage::start_ms(), most, 1);
    stage::check_treasury(&mut scenario, 1, most);
    test_scenario::end(scenario);
}

#[test]
fun charge_takes_a_reference_of_64_bytes_and_an_empty_one() {
    let mut scenario = stage::begin(0, 100);
    stage::charge(&mut scenario, stage::charger(), 1, 1, stage::bytes(64));
    stage::charge(&mut scenario, stage::charger(), 2, 1, stage::bytes(0));
    stage::check_account(&mut scenario, 98, 0, stage::start_ms(), 2, 2);
    test_scenario::end(scenario);
}

#[test, expected_failure(abort_code = 1, location = escrow::account)]
fun charge_by_the_owner_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::charge(&mut scenario, stage::customer(), 1, 1, stage::reference());
    abort 0
}

#[test, expected_failure(abort_code = 1, location = escrow::account)]
fun charge_by_the_creator_of_the_operator_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::charge(&mut scenario, stage::publisher(), 1, 1, stage::reference());
    abort 0
}

#[test, expected_failure(abort_code = 3, location = escrow::account)]
fun charge_of_nothing_aborts() {
    let mut scenario = stage::begin(0, 100);
    charge(&mut scenario, 1, 0);
    abort 0
}

#[test, expected_failure(abort_code = 6, location = escrow::account)]
fun charge_of_more_than_the_highest_amount_aborts() {
    let mut scenario = stage::begin(0, 100);
    charge(&mut scenario, 1, stage::max_amount() + 1);
    abort 0
}

#[test, expected_failure(abort_code = 5, location = escrow::account)]
fun charge_with_a_reference_of_65_bytes_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::charge(&mut scenario, stage::charger(), 1, 1, stage::bytes(65));
    abort 0
}

#[test, expected_failure(abort_code = 3, location = escrow::account)]
fun charge_looks_at_the_amount_before_the_sequence() {
    let mut scenario = stage::begin(0, 100);
    charge(&mut scenario, 9, 0);
    abort 0
}

#[test, expected_failure(abort_code = 3, location = escrow::account)]
fun charge_looks_at_the_amount_before_the_reference() {
    let mut scenario = stage::begin(0, 100);
    stage::charge(&mut scenario, stage::charger(), 1, 0, stage::bytes(65));
    abort 0
}

#[test, expected_failure(abort_code = 1, location = escrow::account)]
fun charge_looks_at_the_sender_before_the_amount() {
    let mut scenario = stage::begin(0, 100);
    stage::charge(&mut scenario, stage::stranger(), 1, 0, stage::reference());
    abort 0
}

// === Declined ===

#[test]
fun charge_above_the_balance_is_declined_and_uses_up_its_sequence() {
    let mut scenario = stage::begin(0, 100);
    let account_id = stage::account_id(&mut scenario);
    charge(&mut scenario, 1, 101);
    stage::check_event<Declined<SUI>>(declined(account_id, 1, 101, 1, 100, 0));
    stage::check_no_event<Charged<SUI>>();
    stage::check_account(&mut scenario, 100, 0, stage::start_ms(), 0, 1);
    stage::check_treasury(&mut scenario, 0, 0);

    stage::deposit(&mut scenario, stage::customer(), 1);
    charge(&mut scenario, 1, 101);
    stage::check_event<Declined<SUI>>(declined(account_id, 1, 101, 3, 101, 0));
    charge(&mut scenario, 2, 101);
    stage::check_account(&mut scenario, 0, 0, stage::start_ms(), 101, 2);
    test_scenario::end(scenario);
}

#[test]
fun charge_above_the_limit_is_declined_and_uses_up_its_sequence() {
    let mut scenario = stage::begin(40, 100);
    let account_id = stage::account_id(&mut scenario);
    charge(&mut scenario, 1, 30);
    charge(&mut scenario, 2, 11);
    stage::check_event<Declined<SUI>>(declined(account_id, 2, 11, 2, 70, 30));
    stage::check_account(&mut scenario, 70, 40, stage::start_ms(), 30, 2);
    charge(&mut scenario, 3, 10);
    charge(&mut scenario, 4, 1);
    stage::check_event<Declined<SUI>>(declined(account_id, 4, 1, 2, 60, 40));
    stage::check_account(&mut scenario, 60, 40, stage::start_ms(), 40, 4);
    test_scenario::end(scenario);
}

#[test]
fun charge_above_limit_and_balance_is_declined_for_the_limit() {
    let mut scenario = stage::begin(40, 10);
    let account_id = stage::account_id(&mut scenario);
    charge(&mut scenario, 1, 41);
    stage::check_event<Declined<SUI>>(declined(account_id, 1, 41, 2, 10, 0));
    test_scenario::end(scenario);
}

#[test]
fun charge_is_declined_where_a_lowered_limit_is_already_passed() {
    let mut scenario = stage::begin(40, 100);
    let account_id = stage::account_id(&mut scenario);
    charge(&mut scenario, 1, 40);
    stage::set_limit(&mut scenario, stage::customer(), 10);
    charge(&mut scenario, 2, 1);
    stage::check_event<Declined<SUI>>(declined(account_id, 2, 1, 2, 60, 40));
    stage::set_limit(&mut scenario, stage::customer(), 41);
    charge(&mut scenario, 3, 1);
    stage::check_account(&mut scenario, 59, 41, stage::start_ms(), 41, 3);
    test_scenario::end(scenario);
}

#[test]
fun charge_that_would_overflow_the_periods_sum_is_declined() {
    let most = stage::max_amount();
    let mut scenario = stage::begin(0, most);
    let account_id = stage::account_id(&mut scenario);
    charge(&mut scenario, 1, most);
    stage::deposit(&mut scenario, stage::customer(), 5);
    charge(&mut scenario, 2, 1);
    stage::check_event<Declined<SUI>>(declined(account_id, 2, 1, 2, 5, most));
    stage::check_account(&mut scenario, 5, 0, stage::start_ms(), most, 2);
    test_scenario::end(scenario);
}

#[test]
fun charge_with_a_stale_sequence_changes_nothing() {
    let mut scenario = stage::begin(0, 100);
    let account_id = stage::account_id(&mut scenario);
    charge(&mut scenario, 1, 10);

    charge(&mut scenario, 1, 10);
    stage::check_event<Declined<SUI>>(declined(account_id, 1, 10, 3, 90, 10));
    charge(&mut scenario, 0, 10);
    stage::check_event<Declined<SUI>>(declined(account_id, 0, 10, 3, 90, 10));
    charge(&mut scenario, 3, 10);
    stage::check_event<Declined<SUI>>(declined(account_id, 3, 10, 3, 90, 10));
    stage::check_no_event<Charged<SUI>>();
    stage::check_account(&mut scenario, 90, 0, stage::start_ms(), 10, 1);
    stage::check_treasury(&mut scenario, 1, 10);
    test_scenario::end(scenario);
}

// === cancel ===

#[test]
fun cancel_uses_up_the_sequence_and_moves_nothing() {
    let mut scenario = stage::begin(40, 100);
    let account_id = stage::account_id(&mut scenario);
    stage::cancel(&mut scenario, stage::charger(), 1, stage::reference());
    let mut expected = object::id_to_bytes(&account_id);
    stage::add_u64(&mut expected, 1);
    stage::add_bytes(&mut expected, stage::reference());
    stage::check_event<Cancelled<SUI>>(expected);
    stage::check_account(&mut scenario, 100, 40, stage::start_ms(), 0, 1);

    charge(&mut scenario, 1, 10);
    stage::check_event<Declined<SUI>>(declined(account_id, 1, 10, 3, 100, 0));
    stage::check_account(&mut scenario, 100, 40, stage::start_ms(), 0, 1);
    test_scenario::end(scenario);
}

#[test, expected_failure(abort_code = 1, location = escrow::account)]
fun cancel_by_the_owner_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::cancel(&mut scenario, stage::customer(), 1, stage::reference());
    abort 0
}

#[test, expected_failure(abort_code = 5, location = escrow::account)]
fun cancel_with_a_reference_of_65_bytes_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::cancel(&mut scenario, stage::charger(), 1, stage::bytes(65));
    abort 0
}

#[test, expected_failure(abort_code = 7, location = escrow::account)]
fun cancel_of_a_sequence_that_was_charged_aborts() {
    let mut scenario = stage::begin(0, 100);
    charge(&mut scenario, 1, 10);
    stage::cancel(&mut scenario, stage::charger(), 1, stage::reference());
    abort 0
}

#[test, expected_failure(abort_code = 7, location = escrow::account)]
fun cancel_of_a_sequence_that_was_declined_aborts() {
    let mut scenario = stage::begin(0, 100);
    charge(&mut scenario, 1, 101);
    stage::cancel(&mut scenario, stage::charger(), 1, stage::reference());
    abort 0
}

#[test, expected_failure(abort_code = 7, location = escrow::account)]
fun cancel_of_a_sequence_after_the_next_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::cancel(&mut scenario, stage::charger(), 2, stage::reference());
    abort 0
}

// === refund ===

#[test]
fun refund_pays_in_and_leaves_the_periods_sum() {
    let mut scenario = stage::begin(40, 100);
    let account_id = stage::account_id(&mut scenario);
    charge(&mut scenario, 1, 40);
    stage::refund(&mut scenario, stage::charger(), 2, 15, stage::reference());
    let mut expected = object::id_to_bytes(&account_id);
    stage::add_u64(&mut expected, 2);
    stage::add_u64(&mut expected, 15);
    stage::add_bytes(&mut expected, stage::reference());
    stage::add_u64(&mut expected, 75);
    stage::check_event<Refunded<SUI>>(expected);
    stage::check_account(&mut scenario, 75, 40, stage::start_ms(), 40, 2);

    charge(&mut scenario, 3, 1);
    stage::check_event<Declined<SUI>>(declined(account_id, 3, 1, 2, 75, 40));
    test_scenario::end(scenario);
}

#[test, expected_failure(abort_code = 1, location = escrow::account)]
fun refund_by_a_stranger_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::refund(&mut scenario, stage::stranger(), 1, 10, stage::reference());
    abort 0
}

#[test, expected_failure(abort_code = 3, location = escrow::account)]
fun refund_of_nothing_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::refund(&mut scenario, stage::charger(), 1, 0, stage::reference());
    abort 0
}

#[test, expected_failure(abort_code = 5, location = escrow::account)]
fun refund_with_a_reference_of_65_bytes_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::refund(&mut scenario, stage::charger(), 1, 10, stage::bytes(65));
    abort 0
}

#[test, expected_failure(abort_code = 6, location = escrow::account)]
fun refund_that_lifts_the_balance_above_the_highest_amount_aborts() {
    let mut scenario = stage::begin(0, 1);
    stage::refund(&mut scenario, stage::charger(), 1, stage::max_amount(), stage::reference());
    abort 0
}

#[test, expected_failure(abort_code = 7, location = escrow::account)]
fun refund_twice_with_one_sequence_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::refund(&mut scenario, stage::charger(), 1, 10, stage::reference());
    stage::refund(&mut scenario, stage::charger(), 1, 10, stage::reference());
    abort 0
}

#[test, expected_failure(abort_code = 7, location = escrow::account)]
fun refund_of_a_sequence_after_the_next_aborts() {
    let mut scenario = stage::begin(0, 100);
    stage::refund(&mut scenario, stage::charger(), 2, 10, stage::reference());
    abort 0
}

// === The owner stays free ===

#[test]
fun the_owner_empties_the_account_between_charges() {
    let mut scenario = stage::begin(0, 100);
    let account_id = stage::account_id(&mut scenario);
    charge(&mut scenario, 1, 10);
    stage::withdraw(&mut scenario, stage::customer(), 90);
    charge(&mut scenario, 2, 1);
    stage::check_event<Declined<SUI>>(declined(account_id, 2, 1, 1, 0, 10));
    test_scenario::next_tx(&mut scenario, stage::stranger());
    assert!(test_scenario::has_most_recent_shared<Account<SUI>>());
    test_scenario::end(scenario);
}

// === What tests here share ===

fun charge(scenario: &mut test_scenario::Scenario, seq: u64, amount: u64) {
    stage::charge(scenario, stage::charger(), seq, amount, stage::reference());
}

fun charged(
    account_id: ID,
    seq: u64,
    amount: u64,
    balance_after: u64,
    period_charged: u64,
): vector<u8> {
    let mut expected = object::id_to_bytes(&account_id);
    stage::add_u64(&mut expected, seq);
    stage::add_u64(&mut expected, amount);
    stage::add_bytes(&mut expected, stage::reference());
    stage::add_u64(&mut expected, balance_after);
    stage::add_u64(&mut expected, period_charged);
    stage::add_u64(&mut expected, stage::start_ms());
    expected
}

fun declined(
    account_id: ID,
    seq: u64,
    amount: u64,
    reason: u8,
    balance: u64,
    period_charged: u64,
): vector<u8> {
    let mut expected = object::id_to_bytes(&account_id);
    stage::add_u64(&mut expected, seq);
    stage::add_u64(&mut expected, amount);
    stage::add_bytes(&mut expected, stage::reference());
    vector::push_back(&mut expected, reason);
    stage::add_u64(&mut expected, balance);
    stage::add_u64(&mut expected, period_charged);
    expected
}
