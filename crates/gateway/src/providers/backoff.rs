//! How long to wait before something is tried again.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, header};

use crate::secret;

/// No pause gets longer than this, unless the other side asks for it.
const MAX: Duration = Duration::from_secs(60);

/// The pause before try number `attempt`, from 0: doubled each time, and up to a half shorter by
/// chance, so that many who failed together don't come back together.
pub(super) fn pause(first: Duration, attempt: u32) -> Duration {
    let full = first.saturating_mul(1 << attempt.min(16)).min(MAX);
    let chance = f64::from(u16::from_be_bytes(secret::random())) / f64::from(u16::MAX);
    full.mul_f64(0.5 + chance / 2.0)
}

/// What `Retry-After` asks for (RFC 9110, section 10.2.3): seconds, or a date.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(secs) = text.parse::<u32>() {
        return Some(Duration::from_secs(secs.into()));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let after = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, axum::http::HeaderValue::from_static(text));
            retry_after(&headers)
        };
        assert_eq!(after("7"), Some(Duration::from_secs(7)));
        assert_eq!(after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let far = after("Wed, 21 Oct 2099 07:28:00 GMT").unwrap();
        assert!(far > Duration::from_secs(3600));
        for bad in ["", "-1", "soon", "99999999999999"] {
            assert_eq!(after(bad), None, "{bad}");
        }
    }
}
