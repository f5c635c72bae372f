//! The sketch engine as a provider: on a thread of its own, so that it keeps nobody waiting and
//! its faults stay with the one generation.

use std::ops::ControlFlow;

use ai_now_protocol::Message;
use ai_now_protocol::event::Progress;
use ai_now_sketch::{Request, Size, SketchError};

use super::{MediaContent, Output, ProviderError, Task};

const FAULT: &str = "The sketch engine could not make this one. Try other words or another seed.";

pub(super) async fn make(task: Task) -> Result<Output, ProviderError> {
    let Task { job, reporter, stop, .. } = task;
    let work = tokio::task::spawn_blocking(move || {
        let request = Request {
            model: &job.model,
            style: job.style(),
            prompt: &job.prompt,
            seed: job.seed(),
            size: Size::default(),
            soundtrack: true,
        };
        ai_now_sketch::make(&request, &mut |progress| {
            if stop.is_cancelled() {
                return ControlFlow::Break(());
            }
            reporter.report(Progress {
                progress: Some(progress.fraction),
                step: Some(Message::text(progress.step)),
                ..Progress::default()
            });
            ControlFlow::Continue(())
        })
    });
    match work.await {
        Ok(Ok(sketch)) => Ok(Output {
            content: MediaContent::Bytes(sketch.bytes),
            format: sketch.format,
            note: Some(sketch.note),
            procedural: true,
        }),
        Ok(Err(SketchError::Cancelled)) => Err(ProviderError::Stopped),
        Ok(Err(error @ SketchError::Encoding(_))) => {
            tracing::error!(%error, "the sketch engine failed");
            Err(ProviderError::permanent(FAULT))
        }
        // A panic; its words were logged by the hook.
        Err(_) => Err(ProviderError::permanent(FAULT)),
    }
}
