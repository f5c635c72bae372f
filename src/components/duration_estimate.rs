//! How long a model usually takes, in words: by what it took on this device, else by the catalog.

use leptos::prelude::*;

use super::texts::Texts;
use crate::duration_estimate::{RUNS, took_secs, usual_secs};
use crate::generation::{Generation, Phase};
use crate::session::Session;

/// How long a model usually takes; `None` where nobody knows. To be called where signals are read.
pub(crate) fn duration_estimate(session: Session, texts: Texts, model: &str) -> Option<String> {
    let took = |generation: &Generation| match generation.phase {
        Phase::Completed { .. } if generation.request.model == model => {
            took_secs(generation.created_at_ms, generation.finished_at_ms)
        }
        _ => None,
    };
    let runs = session.generations.with(|all| {
        let took = all.iter().filter_map(|job| job.0.with_untracked(took));
        took.take(RUNS).collect::<Vec<_>>()
    });
    if let Some(secs) = usual_secs(&runs) {
        return Some(texts.secs(secs, secs));
    }
    let expected =
        session.catalog.with(|catalog| catalog.model(model).and_then(|model| model.expected_secs));
    expected.map(|secs| texts.secs(secs.min, secs.max))
}
