//! Sampling of the log of refused requests: all of them on a quiet gateway, and a sample during a
//! flood. A refused request costs its sender nothing, so it must not fill the disk.

use std::sync::{Mutex, PoisonError};

use tokio::time::{Duration, Instant};

/// How many are logged per window.
const LOGGED: u32 = 50;

/// The length of a window.
const WINDOW: Duration = Duration::from_secs(1);

/// Counts refused requests.
#[derive(Debug, Default)]
pub struct RefusalLog(Mutex<Option<Window>>);

#[derive(Clone, Copy, Debug)]
struct Window {
    begun: Instant,
    refused: u32,
}

impl RefusalLog {
    /// Whether this one is logged; and how many of the previous window were not, if a new one
    /// begins.
    pub fn admits(&self) -> (bool, u32) {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let current = window.filter(|window| now.duration_since(window.begun) < WINDOW);
        let unlogged = match (*window, current) {
            (Some(before), None) => before.refused.saturating_sub(LOGGED),
            _ => 0,
        };
        let mut current = current.unwrap_or(Window { begun: now, refused: 0 });
        current.refused = current.refused.saturating_add(1);
        *window = Some(current);
        (current.refused <= LOGGED, unlogged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_sampled_and_a_trickle_is_not() {
        let log = RefusalLog::default();
        let logged = |count: u32| (0..count).filter(|_| log.admits().0).count();
        assert_eq!(logged(LOGGED), LOGGED as usize);
        assert_eq!(logged(10_000), 0);
        tokio::time::advance(WINDOW).await;
        assert_eq!(log.admits(), (true, 10_000));
        for _ in 0..LOGGED * 3 {
            tokio::time::advance(WINDOW / LOGGED).await;
            assert_eq!(log.admits(), (true, 0));
        }
    }
}
