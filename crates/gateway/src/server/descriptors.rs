//! File descriptors: as many as the system gives, and enough of them kept for work and results.

/// What is kept for the store, providers and media, beside the connections of clients.
const RESERVED: u64 = 256;

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

/// Raises the soft limit of open files to the hard one, and checks that the connections fit.
///
/// # Errors
/// [`TooFewDescriptors`]
pub(super) fn prepare(connections: usize) -> Result<(), TooFewDescriptors> {
    match raise_limit() {
        Some(limit) => check(connections as u64, limit),
        None => Ok(()),
    }
}

fn check(connections: u64, limit: u64) -> Result<(), TooFewDescriptors> {
    if connections.saturating_add(RESERVED) > limit {
        return Err(TooFewDescriptors { connections, limit });
    }
    Ok(())
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
        assert_eq!(check(768, 1024), Ok(()));
        let error = check(769, 1024).unwrap_err().to_string();
        assert!(error.contains("Lower `limits.connections` to 768"), "{error}");
    }
}
