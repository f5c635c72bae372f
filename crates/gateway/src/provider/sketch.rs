//! The sketch engine as a provider: on a thread of its own, so that it keeps nobody waiting and
//! its faults stay with the one generation.

use std::ops::ControlFlow;

use ai_now_sketch::{Request, SketchError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Failure, Job, Made, Step};

const FAULT: &str = "The sketch engine could not make this one. Try other words or another seed.";

pub(super) async fn make(
    job: Job,
    steps: watch::Sender<Option<Step>>,
    stop: CancellationToken,
) -> Result<Made, Failure> {
    let work = tokio::task::spawn_blocking(move || {
        let request = Request {
            model: &job.model,
            style: job.style.as_ref(),
            prompt: &job.prompt,
            seed: job.seed,
        };
        ai_now_sketch::make(&request, &mut |progress| {
            if stop.is_cancelled() {
                return ControlFlow::Break(());
            }
            steps.send_replace(Some(Step {
                fraction: progress.fraction,
                name: progress.step.to_owned(),
            }));
            ControlFlow::Continue(())
        })
    });
    match work.await {
        Ok(Ok(sketch)) => {
            Ok(Made { bytes: sketch.bytes, format: sketch.format, note: Some(sketch.note) })
        }
        Ok(Err(SketchError::Cancelled)) => Err(Failure::Stopped),
        Ok(Err(error @ SketchError::Encoding(_))) => {
            tracing::error!(%error, "the sketch engine failed");
            Err(Failure::Failed(FAULT.into()))
        }
        // A panic; its words were logged by the hook.
        Err(_) => Err(Failure::Failed(FAULT.into())),
    }
}
