//! States of jobs that no document names: each is logged once. It must not know what is done with them.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// How many unknown states are logged. A service that makes up a new one each time fills no log.
const MAX: usize = 16;

/// The states that no document names and that were logged.
#[derive(Default)]
pub(super) struct UnknownStates(Mutex<HashSet<String>>);

impl UnknownStates {
    /// Logs a state, the first time it is met.
    pub(super) fn log(&self, provider: &str, word: String) {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.len() < MAX && logged.insert(word.clone()) {
            drop(logged);
            tracing::warn!(provider, status = word, "a status that is not documented");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn each_is_logged_once_and_not_too_many() {
        let (log, states) = (Log::default(), UnknownStates::default());
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..3 {
                states.log("up", "pondering".into());
            }
            states.log("up", "resting".into());
            for number in 0..100 {
                states.log("up", format!("new-{number}"));
            }
        });
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let lines = |word: &str| text.lines().filter(|line| line.contains(word)).count();
        assert_eq!((lines("pondering"), lines("resting")), (1, 1), "{text}");
        assert_eq!(lines("a status that is not documented"), MAX, "{text}");
        assert_eq!(lines("provider=\"up\""), MAX, "{text}");
    }
}
