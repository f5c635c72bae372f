//! Providers, each against a local server that speaks its API: the same behaviours of all.

mod abuse;
mod ai_now;
mod behaviours;
mod check;
mod command;
mod crash;
mod files;
mod fits;
pub(crate) mod fixture;
mod route;
mod service_specific;
pub(crate) mod upstream;

use ai_now_gateway::providers::ServiceSettings;

/// The same tests for each service that a gateway can ask.
macro_rules! suite {
    ($($behaviour:ident),* $(,)?) => {
        suite! { @services [$($behaviour)*]
            luma Luma, luma_agents LumaAgents, runway Runway, kling Kling, fal Fal,
            replicate Replicate, mureka Mureka, an_ai_now_server AiNow,
        }
    };
    (@services $behaviours:tt $($module:ident $service:ident,)*) => {
        /// The services that the tests are run for.
        const TRIED: &[upstream::Speaks] = &[$(upstream::Speaks::$service,)*];

        $(suite! { @service $module $service $behaviours })*
    };
    (@service $module:ident $service:ident [$($behaviour:ident)*]) => {
        mod $module {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    super::behaviours::$behaviour(super::upstream::Speaks::$service).await;
                }
            )*
        }
    };
}

suite! {
    makes_it_and_reports_progress,
    tries_again_what_passes,
    goes_elsewhere_while_it_is_busy,
    goes_elsewhere_after_a_transient_failure,
    pays_for_no_failure_twice,
    goes_elsewhere_where_the_key_is_refused,
    tells_a_safety_refusal_and_asks_nobody_else,
    tells_why_a_request_is_refused,
    passes_on_that_it_was_cancelled,
    goes_on_after_a_restart_without_asking_twice,
    submits_once_more_where_nobody_knows_and_not_oftener,
    endures_odd_answers,
    ends_at_its_time_limit,
    takes_only_results_that_are_what_they_should_be,
    loads_a_cut_result_again,
    follows_no_redirect,
    opens_its_circuit_breaker_after_failures,
    takes_turns,
}

/// A kind without its row above would be tried by nobody. A program has tests of its own.
#[test]
fn each_kind_goes_through_all_behaviours() {
    let mut tried: Vec<_> = TRIED.iter().map(|speaks| speaks.api().kind()).collect();
    tried.push("command");
    for kind in ServiceSettings::KINDS {
        let times = tried.iter().filter(|tried| *tried == kind).count();
        assert_eq!(times, 1, "{kind}: it needs a row in `suite!`, and one");
    }
    assert_eq!(tried.len(), ServiceSettings::KINDS.len());
}
