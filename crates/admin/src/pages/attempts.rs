//! Which providers tried to make a generation and failed, and what its jobs cost.

use leptos::prelude::*;

use crate::answers::{Attempt, JobCost};
use crate::components::table::{Table, cell, foreign};
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// The tries that failed, of which there are some.
#[component]
pub(crate) fn Attempts(
    /// In order.
    attempts: Vec<Attempt>,
) -> impl IntoView {
    let texts = use_texts();
    let columns = vec![
        (w::PROVIDER, false),
        (w::TIME, false),
        (w::TOOK, true),
        (w::KIND, false),
        (w::WHY, false),
    ];
    let rows = attempts.into_iter().map(|attempt| attempt_row(attempt, texts)).collect();
    view! { <Table caption=w::FAILED_ATTEMPTS columns=columns rows=rows empty=w::NOTHING_YET /> }
}

fn attempt_row(attempt: Attempt, texts: Texts) -> Vec<AnyView> {
    let took_ms = attempt.ended_at_ms.saturating_sub(attempt.begun_at_ms);
    let kind = texts.known(
        &attempt.error,
        &[
            ("transient", w::ERROR_TRANSIENT),
            ("unavailable", w::ERROR_UNAVAILABLE),
            ("permanent", w::ERROR_PERMANENT),
            ("content_policy", w::ERROR_CONTENT_POLICY),
        ],
    );
    vec![
        foreign(attempt.provider),
        cell(texts.moment(attempt.begun_at_ms)),
        cell(texts.secs(took_ms as f64 / 1000.0)),
        cell(kind),
        foreign(texts.message(&attempt.message)),
    ]
}

/// What its jobs cost at providers.
#[component]
pub(crate) fn Costs(
    /// In order.
    costs: Vec<JobCost>,
) -> impl IntoView {
    let texts = use_texts();
    let columns = vec![(w::PROVIDER, false), (w::COST, true), (w::BASIS, false)];
    let row = |cost: JobCost| {
        let basis = [("estimated", w::ESTIMATED), ("billed", w::BILLED)];
        vec![
            foreign(cost.provider),
            cell(texts.money(&cost.currency, cost.micros)),
            cell(texts.known(&cost.basis, &basis)),
        ]
    };
    let rows = costs.into_iter().map(row).collect();
    view! { <Table caption=w::COST columns=columns rows=rows empty=w::NOTHING_YET /> }
}
