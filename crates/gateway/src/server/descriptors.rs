//! File descriptors: raises the limit, and reserves enough of them for work and results.

/// How many are reserved for the store, providers and media, beside clients' connections.
const RESERVED: u64 = 256;

/// How many of those readers of media may use at most, if none are left otherwise.
const READERS: u64 = RESERVED / 4;

/// More connections than the system lets this process open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "limits.connections is {connections}, but this process may open {limit} files and connections \
     at once, {RESERVED} of them for its own work. {}aise the limit of open files (`LimitNOFILE=` in \
     systemd, `ulimit -n` in a shell).",
    lower(*limit)
)]
pub struct TooFewDescriptors {
    connections: u64,
    limit: u64,
}

/// The beginning of the advice: to lower the setting, where that leaves any connection.
fn lower(limit: u64) -> String {
    match limit.checked_sub(RESERVED) {
        None | Some(0) => "R".to_owned(),
        Some(rest) => format!("Lower `limits.connections` to {rest} or r"),
    }
}

/// Raises the soft limit of open files to the hard one, and checks that the connections fit.
/// Returns how many media files may be open at once for readers, so that work and results find a
/// descriptor.
///
/// # Errors
/// [`TooFewDescriptors`]
pub(super) fn prepare(connections: usize) -> Result<u32, TooFewDescriptors> {
    match raise_limit() {
        Some(limit) => readers(connections as u64, limit),
        None => Ok(u32::MAX),
    }
}

fn readers(connections: u64, limit: u64) -> Result<u32, TooFewDescriptors> {
    let spare = limit.checked_sub(connections.saturating_add(RESERVED));
    let spare = spare.ok_or(TooFewDescriptors { connections, limit })?;
    Ok(u32::try_from(spare.max(READERS)).unwrap_or(u32::MAX))
}

/// The current limit; `None` if there is none.
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
        assert_eq!(readers(100, u64::MAX), Ok(u32::MAX));
        let error = readers(769, 1024).unwrap_err().to_string();
        assert!(error.contains("Lower `limits.connections` to 768 or raise"), "{error}");
        let error = readers(1, 128).unwrap_err().to_string();
        assert!(error.contains("own work. Raise the limit") && !error.contains("Lower"), "{error}");
    }
}
