//! The sketch engine as a provider: on a thread of its own, so that it blocks no other task and a
//! panic affects only one generation.

use std::ops::ControlFlow;

use ai_now_protocol::Message;
use ai_now_protocol::event::Progress;
use ai_now_sketch::{Request, Resolution, SketchError};
use futures_util::future::BoxFuture;

use super::error::{ErrorKind, ProviderError};
use super::provider::{MediaContent, Output, Provider, Task};

const FAULT: &str = "The sketch engine could not make this one. Try other words or another seed.";

/// The sketch engine, in this process.
pub struct Sketch;

impl Provider for Sketch {
    fn make(&self, task: Task) -> BoxFuture<'_, Result<Output, ProviderError>> {
        Box::pin(make(task))
    }
}

async fn make(task: Task) -> Result<Output, ProviderError> {
    let Task { job, reporter, stop, .. } = task;
    let work = tokio::task::spawn_blocking(move || {
        let request = Request {
            image: job.picture.as_ref().map(|picture| &picture.bytes[..]),
            ..Request::with_options(&job.model, &job.prompt, &job.options, Resolution::default())
        };
        ai_now_sketch::make(&request, &mut |progress| {
            if stop.is_cancelled() {
                return ControlFlow::Break(());
            }
            reporter.report(Progress {
                progress: Some(progress.fraction),
                step: Some(Message::new(progress.step.code(), progress.step.as_str())),
                ..Progress::default()
            });
            ControlFlow::Continue(())
        })
    });
    match work.await {
        Ok(Ok(sketch)) => Ok(Output {
            content: MediaContent::Bytes(sketch.bytes.into()),
            format: sketch.format,
            note: Some(sketch.note.message()),
            procedural: true,
            billed_ms: None,
        }),
        Ok(Err(SketchError::Cancelled)) => Err(ProviderError::Stopped),
        Ok(Err(SketchError::Image(why))) => {
            Err(ProviderError::Failed { kind: ErrorKind::Permanent, message: why.message() })
        }
        Ok(Err(error @ SketchError::Encoding(_))) => {
            tracing::error!(%error, "the sketch engine failed");
            Err(ProviderError::permanent(FAULT))
        }
        // A panic; the hook has logged it.
        Err(_) => Err(ProviderError::permanent(FAULT)),
    }
}
