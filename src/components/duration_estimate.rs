//! The usual duration of a model in words: measured on this device, else from the catalog.

use leptos::prelude::*;

use crate::duration_estimate::{RUNS, took_secs, usual_secs};
use crate::generation::{Generation, Phase};
use crate::state::connection::Connection;
use crate::state::generations::Generations;
use crate::texts::use_texts;

/// The usual duration of a model; `None` if it is unknown. Must be called where signals are
/// tracked.
pub(crate) fn duration_estimate(model: &str) -> Option<String> {
    let texts = use_texts();
    let connection = expect_context::<Connection>();
    let generations = expect_context::<Generations>();
    let took = |generation: &Generation| match generation.phase {
        Phase::Completed { .. } if generation.request.model == model => {
            took_secs(generation.created_at_ms, generation.finished_at_ms)
        }
        _ => None,
    };
    let runs = generations.all.with(|all| {
        let took = all.iter().filter_map(|generation| generation.with_untracked(took));
        took.take(RUNS).collect::<Vec<_>>()
    });
    if let Some(secs) = usual_secs(&runs) {
        return Some(texts.secs(secs, secs));
    }
    let expected = connection
        .catalog
        .with(|catalog| catalog.model(model).and_then(|model| model.expected_secs));
    expected.map(|secs| texts.secs(secs.min, secs.max))
}
