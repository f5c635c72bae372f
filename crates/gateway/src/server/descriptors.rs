//! File descriptors: as many as the system gives, and enough of them kept for work and results.

use tokio::sync::Semaphore;

/// What is kept for the store, providers and media, beside the connections of clients.
const RESERVED: u64 = 256;

/// How much of that readers of media may have at most, where nothing else is left for them.
const READERS: u64 = RESERVED / 4;

/// More connections than the system lets this process open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "limits.connections is {connections}, but this process may open {limit} files and connections \
     at once, {RESERVED} of them for its own work. Lower `limits.connections` to {} or raise the \
     limit of open files (`LimitNOFILE=` in systemd, `ulimit -n` in a shell).",
    limit.saturating_sub(RESERVED)
)]
pub struct TooFewDescriptors {
    connections: u64,
    limit: u64,
}

/// Raises the soft limit of open files to the hard one, and checks that the connections fit. How many
/// media files may be open at once for their readers, so that work and results find a descriptor.
///
/// # Errors
/// [`TooFewDescriptors`]
pub(super) fn prepare(connections: usize) -> Result<usize, TooFewDescriptors> {
    match raise_limit() {
        Some(limit) => readers(connections as u64, limit),
        None => Ok(Semaphore::MAX_PERMITS),
    }
}

fn readers(connections: u64, limit: u64) -> Result<usize, TooFewDescriptors> {
    let spare = limit.checked_sub(connections.saturating_add(RESERVED));
    let spare = spare.ok_or(TooFewDescriptors { connections, limit })?;
    Ok(usize::try_from(spare.max(READERS))
        .map_or(Semaphore::MAX_PERMITS, |readers| readers.min(Semaphore::MAX_PERMITS)))
}

/// The limit that holds now; `None` where there is none.
#[cfg(unix)]
fn raise_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    if raised.is_ok() { maximum } else { current }
}

#[cfg(not(unix))]
fn raise_limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_must_fit_beside_the_gateways_own_files() {
        assert_eq!(readers(768, 1024), Ok(64));
        assert_eq!(readers(100, 1024), Ok(668));
        assert_eq!(readers(100, u64::MAX), Ok(Semaphore::MAX_PERMITS));
        let error = readers(769, 1024).unwrap_err().to_string();
        assert!(error.contains("Lower `limits.connections` to 768"), "{error}");
    }
}
