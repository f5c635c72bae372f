//! How long another side asks to wait.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

/// A longer request is not a pause but an outage.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(u32::MAX as u64);

/// How long an answer asks to wait: `retry-after-ms`, which some services send, or `Retry-After` (RFC
/// 9110, section 10.2.3), as seconds, which may have a fraction, or a date.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let duration = |text: &str, unit: f64| {
        let amount = text.parse::<f64>().ok()?;
        Duration::try_from_secs_f64(amount * unit).ok().filter(|d| *d <= RETRY_AFTER_MAX)
    };
    if let Some(duration) = text("retry-after-ms").and_then(|text| duration(text, 0.001)) {
        return Some(duration);
    }
    let text = text(header::RETRY_AFTER.as_str())?;
    if let Some(duration) = duration(text, 1.0) {
        return Some(duration);
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_milliseconds_seconds_or_a_date() {
        let after = |name: &'static str, text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, http::HeaderValue::from_static(text));
            retry_after(&headers)
        };
        let seconds = |text| after("retry-after", text);
        assert_eq!(seconds("7"), Some(Duration::from_secs(7)));
        assert_eq!(seconds("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let far = seconds("Wed, 21 Oct 2099 07:28:00 GMT").unwrap();
        assert!(far > Duration::from_secs(3600));
        for bad in ["", "-1", "soon", "99999999999999", "NaN", "inf"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
        assert_eq!(after("retry-after-ms", "1500"), Some(Duration::from_millis(1500)));
        let mut both = HeaderMap::new();
        both.insert("retry-after-ms", "20".parse().unwrap());
        both.insert("retry-after", "3".parse().unwrap());
        assert_eq!(retry_after(&both), Some(Duration::from_millis(20)));
        both.insert("retry-after-ms", "soon".parse().unwrap());
        assert_eq!(retry_after(&both), Some(Duration::from_secs(3)));
    }
}
