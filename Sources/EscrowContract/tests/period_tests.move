#[test_only]
/// The 28 days of a spending limit, a millisecond around each edge.
module escrow::period_tests;

use escrow::stage;
use sui::test_scenario;

#[test]
fun a_millisecond_before_its_end_the_period_stands() {
    let mut scenario = at(stage::period_ms() - 1);
    charge(&mut scenario, 2, 1);
    stage::check_account(&mut scenario, 60, 40, stage::start_ms(), 40, 2);
    test_scenario::end(scenario);
}

#[test]
fun at_its_end_the_period_moves_on() {
    let mut scenario = at(stage::period_ms());
    charge(&mut scenario, 2, 1);
    stage::check_account(&mut scenario, 59, 40, later(1), 1, 2);
    test_scenario::end(scenario);
}

#[test]
fun a_millisecond_after_its_end_the_period_moves_on_without_drift() {
    let mut scenario = at(stage::period_ms() + 1);
    charge(&mut scenario, 2, 1);
    stage::check_account(&mut scenario, 59, 40, later(1), 1, 2);
    test_scenario::end(scenario);
}

#[test]
fun a_millisecond_before_the_end_of_the_third_period_it_is_the_third() {
    let mut scenario = at(3 * stage::period_ms() - 1);
    charge(&mut scenario, 2, 40);
    stage::check_account(&mut scenario, 20, 40, later(2), 40, 2);
    test_scenario::end(scenario);
}

#[test]
fun at_the_end_of_the_third_period_it_is_the_fourth() {
    let mut scenario = at(3 * stage::period_ms());
    charge(&mut scenario, 2, 40);
    stage::check_account(&mut scenario, 20, 40, later(3), 40, 2);
    test_scenario::end(scenario);
}

#[test]
fun a_second_period_ends_where_it_would_without_drift() {
    let mut scenario = at(stage::period_ms() + 5_000);
    charge(&mut scenario, 2, 40);
    stage::set_time(&mut scenario, later(2) - 1);
    charge(&mut scenario, 3, 1);
    stage::check_account(&mut scenario, 20, 40, later(1), 40, 3);
    stage::set_time(&mut scenario, later(2));
    charge(&mut scenario, 4, 1);
    stage::check_account(&mut scenario, 19, 40, later(2), 1, 4);
    test_scenario::end(scenario);
}

#[test]
fun a_charge_that_is_declined_moves_the_period_on_too() {
    let mut scenario = at(stage::period_ms());
    charge(&mut scenario, 2, 41);
    stage::check_account(&mut scenario, 60, 40, later(1), 0, 2);
    stage::set_limit(&mut scenario, stage::customer(), 0);
    stage::set_time(&mut scenario, later(2));
    charge(&mut scenario, 3, 61);
    stage::check_account(&mut scenario, 60, 0, later(2), 0, 3);
    test_scenario::end(scenario);
}

#[test]
fun a_stale_charge_leaves_the_period() {
    let mut scenario = at(stage::period_ms());
    charge(&mut scenario, 1, 1);
    stage::check_account(&mut scenario, 60, 40, stage::start_ms(), 40, 1);
    test_scenario::end(scenario);
}

#[test]
fun a_change_of_the_limit_moves_the_period_on() {
    let mut scenario = at(stage::period_ms());
    stage::set_limit(&mut scenario, stage::customer(), 50);
    stage::check_account(&mut scenario, 60, 50, later(1), 0, 1);
    test_scenario::end(scenario);
}

#[test]
fun a_change_of_the_limit_a_millisecond_earlier_does_not() {
    let mut scenario = at(stage::period_ms() - 1);
    stage::set_limit(&mut scenario, stage::customer(), 50);
    stage::check_account(&mut scenario, 60, 50, stage::start_ms(), 40, 1);
    test_scenario::end(scenario);
}

#[test]
fun deposit_withdrawal_cancel_and_refund_leave_the_period() {
    let mut scenario = at(stage::period_ms());
    stage::deposit(&mut scenario, stage::customer(), 1);
    stage::withdraw(&mut scenario, stage::customer(), 1);
    stage::cancel(&mut scenario, stage::charger(), 2, stage::reference());
    stage::refund(&mut scenario, stage::charger(), 3, 4, stage::reference());
    stage::check_account(&mut scenario, 64, 40, stage::start_ms(), 40, 3);
    test_scenario::end(scenario);
}

#[test]
fun without_a_limit_the_period_is_counted_all_the_same() {
    let mut scenario = stage::begin(0, 100);
    charge(&mut scenario, 1, 30);
    stage::set_time(&mut scenario, later(1) - 1);
    charge(&mut scenario, 2, 30);
    stage::check_account(&mut scenario, 40, 0, stage::start_ms(), 60, 2);
    stage::set_time(&mut scenario, later(1));
    charge(&mut scenario, 3, 5);
    stage::check_account(&mut scenario, 35, 0, later(1), 5, 3);
    test_scenario::end(scenario);
}

// === What tests here share ===

/// An account with 60 left whose limit of 40 was used up when it was opened, so long ago.
fun at(elapsed_ms: u64): test_scenario::Scenario {
    let mut scenario = stage::begin(40, 100);
    charge(&mut scenario, 1, 40);
    stage::set_time(&mut scenario, stage::start_ms() + elapsed_ms);
    scenario
}

fun later(periods: u64): u64 {
    stage::start_ms() + periods * stage::period_ms()
}

fun charge(scenario: &mut test_scenario::Scenario, seq: u64, amount: u64) {
    stage::charge(scenario, stage::charger(), seq, amount, stage::reference());
}
