//! Providers, each against a local server that speaks its API: the same behaviours of all.

mod abuse;
mod ai_now;
mod behaviours;
mod check;
mod command;
mod crash;
mod files;
pub(crate) mod fixture;
mod service_specific;
pub(crate) mod upstream;

/// The same tests for each service that a gateway can ask.
macro_rules! suite {
    ($($behaviour:ident),* $(,)?) => {
        suite! { @service luma Luma [$($behaviour)*] }
        suite! { @service luma_agents LumaAgents [$($behaviour)*] }
        suite! { @service runway Runway [$($behaviour)*] }
        suite! { @service kling Kling [$($behaviour)*] }
        suite! { @service fal Fal [$($behaviour)*] }
        suite! { @service replicate Replicate [$($behaviour)*] }
        suite! { @service mureka Mureka [$($behaviour)*] }
        suite! { @service an_ai_now_server AiNow [$($behaviour)*] }
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
    makes_it_and_tells_how_far_it_is,
    tries_again_what_passes,
    goes_elsewhere_while_it_is_busy,
    goes_elsewhere_after_a_transient_failure,
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
