//! Handover of a long answer to the connection: an event stream needs no more of HTTP than a socket
//! and a source of bytes. A connection that can write those itself takes the source out of the
//! answer; any other connection sends the answer's body, which has the same bytes.
//!
//! It must not know what the bytes mean.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::stream::unfold;

/// A source of an answer's bytes.
pub trait Source: Send {
    /// Waits for the next bytes; `None` after the last. The call is cancel safe: dropping it loses
    /// nothing.
    fn next(&mut self) -> BoxFuture<'_, Option<Bytes>>;
}

/// The source of an answer's body, until it is taken.
#[derive(Clone)]
struct Handover(Arc<Mutex<Option<Box<dyn Source>>>>);

impl Handover {
    fn take(&self) -> Option<Box<dyn Source>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// An answer whose body comes from a source.
pub(super) fn response(source: impl Source + 'static) -> Response {
    let handover = Handover(Arc::new(Mutex::new(Some(Box::new(source)))));
    let from = handover.clone();
    let chunks = unfold(None, move |source: Option<Box<dyn Source>>| {
        let source = source.or_else(|| from.take());
        async move {
            let mut source = source?;
            let chunk = source.next().await?;
            Some((Ok::<_, Infallible>(chunk), Some(source)))
        }
    });
    let mut response = Response::new(Body::from_stream(chunks));
    response.extensions_mut().insert(handover);
    response
}

/// Takes the source out of an answer, if it has one. The answer's body is empty then.
pub fn take(response: &mut Response) -> Option<Box<dyn Source>> {
    response.extensions_mut().remove::<Handover>()?.take()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    struct Two(u8);

    impl Source for Two {
        fn next(&mut self) -> BoxFuture<'_, Option<Bytes>> {
            self.0 += 1;
            let chunk = (self.0 <= 2).then(|| Bytes::from(vec![b'0' + self.0]));
            Box::pin(std::future::ready(chunk))
        }
    }

    #[tokio::test]
    async fn the_bytes_come_by_the_body_or_by_the_source() {
        let body = response(Two(0)).into_body();
        assert_eq!(body.collect().await.unwrap().to_bytes(), "12");

        let mut handed = response(Two(0));
        let mut source = take(&mut handed).unwrap();
        assert_eq!(source.next().await.unwrap(), "1");
        assert!(take(&mut handed).is_none());
        assert_eq!(handed.into_body().collect().await.unwrap().to_bytes(), "");
    }
}
