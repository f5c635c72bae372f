//! A parallel map: on all cores where threads exist, in sequence where they don't.
//!
//! Parts are independent, so the results are the same either way, and in the order of the parts. It
//! must not know what is made.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};

use crate::SketchError;

/// Reports how much a part has advanced; on `Break` the part stops.
pub(crate) type Advance<'a> = &'a mut dyn FnMut(f64) -> ControlFlow<()>;

/// The maximum number of workers: each needs its own memory.
const CREW_MAX: usize = 8;

/// Runs `parts` pieces of work. Each worker creates one `desk`, its working memory, and reuses it
/// for all of its parts.
///
/// `advance` is called only on the calling thread, with the amounts that the parts report.
pub(crate) fn all<D, T: Send>(
    parts: usize,
    desk: impl Fn() -> D + Sync,
    part: impl Fn(usize, &mut D, Advance<'_>) -> Result<T, SketchError> + Sync,
    advance: Advance<'_>,
) -> Result<Vec<T>, SketchError> {
    let crew = cores().min(parts).min(CREW_MAX);
    if crew < 2 {
        let mut desk = desk();
        return (0..parts).map(|index| part(index, &mut desk, advance)).collect();
    }
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let results: Mutex<Vec<Option<Result<T, SketchError>>>> =
        Mutex::new((0..parts).map(|_| None).collect());
    let mut called_off = false;
    std::thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        for _ in 0..crew {
            let (tell, next, stop, results, desk, part) =
                (tell.clone(), &next, &stop, &results, &desk, &part);
            scope.spawn(move || {
                let mut desk = desk();
                while !stop.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= parts {
                        break;
                    }
                    let result = part(index, &mut desk, &mut |much| {
                        let heard = tell.send(much).is_ok();
                        if heard && !stop.load(Ordering::Relaxed) {
                            ControlFlow::Continue(())
                        } else {
                            ControlFlow::Break(())
                        }
                    });
                    if result.is_err() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results[index] = Some(result);
                }
            });
        }
        drop(tell);
        for much in told {
            if !called_off && !stop.load(Ordering::Relaxed) && advance(much).is_break() {
                called_off = true;
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
    if called_off {
        return Err(SketchError::Cancelled);
    }
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    // An encoder error is the cause; the other parts were only stopped because of it.
    let mut done = Vec::with_capacity(parts);
    let mut ended = None;
    for result in results {
        match result {
            Some(Ok(piece)) => done.push(piece),
            Some(Err(SketchError::Cancelled)) | None => {
                ended = ended.or(Some(SketchError::Cancelled));
            }
            Some(Err(fault)) => ended = Some(fault),
        }
    }
    ended.map_or(Ok(done), Err)
}

/// The number of threads that can run at once; 1 in a browser's worker.
fn cores() -> usize {
    if cfg!(target_arch = "wasm32") {
        return 1;
    }
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_and_all_progress_is_reported() {
        let mut sum = 0.0;
        let done = all(
            40,
            || 0,
            |index, _, advance| {
                for _ in 0..3 {
                    if advance(0.5).is_break() {
                        return Err(SketchError::Cancelled);
                    }
                }
                Ok(index * index)
            },
            &mut |much| {
                sum += much;
                ControlFlow::Continue(())
            },
        );
        assert_eq!(done.unwrap_or_default(), (0..40).map(|i| i * i).collect::<Vec<_>>());
        assert!((sum - 60.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn break_and_errors_end_the_work() {
        let quiet = |index: usize, _: &mut (), advance: Advance<'_>| {
            if advance(1.0).is_break() { Err(SketchError::Cancelled) } else { Ok(index) }
        };
        let end = all(1000, || (), quiet, &mut |_| ControlFlow::Break(()));
        assert_eq!(end.err(), Some(SketchError::Cancelled));
        let fault = SketchError::Encoding("no".into());
        let end = all(
            9,
            || (),
            |index, _, _| if index == 4 { Err(fault.clone()) } else { Ok(()) },
            &mut |_| ControlFlow::Continue(()),
        );
        assert_eq!(end.err(), Some(fault.clone()));
    }
}
