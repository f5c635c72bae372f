//! Trying again what could not be done: a disk is full for a while, a server restarts or is busy. How long
//! the pauses are, and what waits until it succeeds. It must not know what is tried.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::domain::StoreError;
use crate::secret;

/// No pause gets longer than this.
const MAX: Duration = Duration::from_secs(60);

/// The pauses of what waits for a disk or a server of our own.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// For how long a try that is under way may go on once it is given up: what is nearly kept is kept, and
/// what hangs (a folder of another machine) keeps nobody.
const GRACE: Duration = Duration::from_secs(10);

/// A try hung until it was given up. Whether it was kept is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp;

impl From<GivenUp> for StoreError {
    fn from(_: GivenUp) -> Self {
        Self::OutcomeUnknown("it took too long, and nobody waits for it any more".into())
    }
}

impl From<GivenUp> for std::io::Error {
    fn from(_: GivenUp) -> Self {
        Self::new(std::io::ErrorKind::TimedOut, "nobody waits for it any more")
    }
}

/// The pause before try number `attempt`, from 0: doubled each time, and up to a half shorter by
/// chance, so that many who failed together don't come back together.
pub fn pause(first: Duration, attempt: u32) -> Duration {
    let full = first.saturating_mul(1 << attempt.min(16)).min(MAX);
    let chance = f64::from(u16::from_be_bytes(secret::random())) / f64::from(u16::MAX);
    full.mul_f64(0.5 + chance / 2.0)
}

/// Tries until it succeeds, with longer and longer pauses. `id` and `what` say in the log what waits.
///
/// # Errors
/// What was said at last, once it is `given_up`; [`GivenUp`], where a try hangs then.
pub async fn patiently<T, E: Display + From<GivenUp>, Attempt: Future<Output = Result<T, E>>>(
    given_up: &CancellationToken,
    id: &str,
    what: &str,
    mut attempt: impl FnMut() -> Attempt,
) -> Result<T, E> {
    let mut tries = 0;
    loop {
        let tried = tokio::select! {
            tried = attempt() => tried,
            () = hangs(given_up) => Err(GivenUp.into()),
        };
        let error = match tried {
            Err(error) => error,
            done => return done,
        };
        tracing::error!(%error, id, "{what} waits until it can be kept or read");
        tokio::select! {
            () = sleep(pause(FIRST_PAUSE, tries).min(LONGEST_PAUSE)) => tries = tries.saturating_add(1),
            () = given_up.cancelled() => return Err(error),
        }
    }
}

/// Until it is given up, and a little longer.
async fn hangs(given_up: &CancellationToken) {
    given_up.cancelled().await;
    sleep(GRACE).await;
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::{Instant, timeout};

    use super::*;

    fn fails() -> StoreError {
        StoreError::NotWritten("the disk is full".into())
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_is_tried_again_until_it_is_given_up() {
        let (given_up, tries) = (CancellationToken::new(), AtomicU32::new(0));
        let third = || async {
            match tries.fetch_add(1, Ordering::SeqCst) {
                0 | 1 => Err(fails()),
                tries => Ok(tries),
            }
        };
        assert_eq!(patiently(&given_up, "a", "it", third).await.unwrap(), 2);
        given_up.cancel();
        let never = || async { Err::<(), _>(fails()) };
        let said = patiently(&given_up, "a", "it", never).await;
        assert!(matches!(said, Err(StoreError::NotWritten(_))), "{said:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_hangs_is_left_once_it_is_given_up_and_what_is_nearly_done_is_not() {
        let given_up = CancellationToken::new();
        let hangs = || pending::<Result<(), StoreError>>();
        let waiting = patiently(&given_up, "a", "it", hangs);
        assert!(timeout(Duration::from_secs(3600), waiting).await.is_err(), "nobody gave it up");
        given_up.cancel();
        let begun = Instant::now();
        let left = patiently(&given_up, "a", "it", hangs).await;
        assert!(matches!(left, Err(StoreError::OutcomeUnknown(_))), "{left:?}");
        assert!(begun.elapsed() < 2 * GRACE);
        let slow = || async {
            sleep(GRACE / 2).await;
            Ok::<_, StoreError>(7)
        };
        assert_eq!(patiently(&given_up, "a", "it", slow).await.unwrap(), 7);
    }

    #[test]
    fn pauses_double_vary_and_end() {
        let first = Duration::from_secs(1);
        for (attempt, full) in [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (40, 60), (u32::MAX, 60)]
        {
            let full = Duration::from_secs(full);
            for _ in 0..50 {
                let pause = pause(first, attempt);
                assert!(pause >= full / 2 && pause <= full, "{attempt}: {pause:?}");
            }
        }
        let some: std::collections::HashSet<_> = (0..50).map(|_| pause(first, 0)).collect();
        assert!(some.len() > 10);
    }
}
