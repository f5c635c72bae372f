//! Writes a long answer onto a connection of HTTP/1.1 without hyper: its head, then each chunk as
//! it comes. An open stream costs only its data and a place to wait at, and none of the buffers of
//! a full HTTP connection.
//!
//! It must not know what the answer is.

use std::io::{self, IoSlice};
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use bytes::Buf as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::http::handover::Source;

/// How much a client may send ahead during its answer. Anything beyond that stays in the system's
/// buffers.
const AHEAD_BYTES: usize = 16 * 1024;

/// An answer to be written.
pub(super) struct Writing {
    /// Its head, serialised.
    pub(super) head: Vec<u8>,
    /// Its body.
    pub(super) source: Box<dyn Source>,
    /// Whether the client may send further requests afterwards.
    pub(super) keep_alive: bool,
}

impl Writing {
    /// A 200 answer with these headers.
    pub(super) fn new(headers: &HeaderMap, source: Box<dyn Source>, keep_alive: bool) -> Self {
        Self { head: head(headers, keep_alive), source, keep_alive }
    }

    /// Writes it to its end. `ahead`: what the client has sent of its next requests. Returns
    /// `false` if the connection can't be used for more requests.
    pub(super) async fn run(
        mut self,
        stream: &mut TcpStream,
        ahead: &mut Vec<u8>,
        limit: Duration,
    ) -> bool {
        let (reader, mut writer) = stream.split();
        if write(&mut writer, &mut [&self.head[..]], limit).await.is_err() {
            return false;
        }
        self.head = Vec::new();
        loop {
            tokio::select! {
                biased;
                chunk = self.source.next() => {
                    let last = chunk.is_none();
                    if write_chunk(&mut writer, chunk, limit).await.is_err() {
                        return false;
                    }
                    if last {
                        return self.keep_alive;
                    }
                }
                ready = reader.readable(), if ahead.len() < AHEAD_BYTES => {
                    let mut read = [0; 512];
                    match ready.and_then(|()| reader.try_read(&mut read)) {
                        Ok(length @ 1..) => ahead.extend_from_slice(&read[..length]),
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        // The client has disconnected or is shutting down.
                        Ok(_) | Err(_) => return false,
                    }
                }
            }
        }
    }
}

/// The head of an answer (RFC 9112, 4).
fn head(headers: &HeaderMap, keep_alive: bool) -> Vec<u8> {
    let mut head = Vec::with_capacity(1024);
    head.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
    for (name, value) in headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    let connection = if keep_alive { "" } else { "connection: close\r\n" };
    let date = httpdate::fmt_http_date(SystemTime::now());
    let rest =
        format!("transfer-encoding: chunked\r\n{connection}{}: {date}\r\n\r\n", header::DATE);
    head.extend_from_slice(rest.as_bytes());
    head
}

/// Writes a chunk (RFC 9112, 7.1); the last one if there is none.
async fn write_chunk(
    writer: &mut tokio::net::tcp::WriteHalf<'_>,
    chunk: Option<Bytes>,
    limit: Duration,
) -> io::Result<()> {
    match chunk {
        // An empty chunk would end the body.
        Some(chunk) if chunk.is_empty() => Ok(()),
        Some(chunk) => {
            let mut size = [0; 18];
            let size = hex_line(chunk.len(), &mut size);
            write(writer, &mut [size, &chunk[..], &b"\r\n"[..]], limit).await
        }
        None => write(writer, &mut [&b"0\r\n\r\n"[..]], limit).await,
    }
}

/// A number in hexadecimal digits, and the end of the line.
fn hex_line(number: usize, buffer: &mut [u8; 18]) -> &[u8] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut at = 16;
    let mut rest = number;
    loop {
        at -= 1;
        buffer[at] = DIGITS[rest % 16];
        rest /= 16;
        if rest == 0 {
            break;
        }
    }
    buffer[16..].copy_from_slice(b"\r\n");
    &buffer[at..]
}

/// Writes pieces, in one system call if possible; a client that accepts nothing for `limit` is
/// disconnected.
async fn write(
    writer: &mut tokio::net::tcp::WriteHalf<'_>,
    mut pieces: &mut [&[u8]],
    limit: Duration,
) -> io::Result<()> {
    while let Some(first) = pieces.first() {
        if first.is_empty() {
            pieces = &mut std::mem::take(&mut pieces)[1..];
            continue;
        }
        let mut slices = [IoSlice::new(&[]); 3];
        let count = pieces.len().min(slices.len());
        for (slice, piece) in slices.iter_mut().zip(pieces.iter()) {
            *slice = IoSlice::new(piece);
        }
        let written = timeout(limit, writer.write_vectored(&slices[..count])).await??;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        let mut written = written;
        for piece in pieces.iter_mut() {
            let of_it = written.min(piece.len());
            piece.advance(of_it);
            written -= of_it;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use futures_util::future::BoxFuture;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;

    struct Chunks(Vec<Bytes>);

    impl Source for Chunks {
        fn next(&mut self) -> BoxFuture<'_, Option<Bytes>> {
            let chunk = if self.0.is_empty() { None } else { Some(self.0.remove(0)) };
            Box::pin(std::future::ready(chunk))
        }
    }

    /// A source that never produces anything.
    struct Silent;

    impl Source for Silent {
        fn next(&mut self) -> BoxFuture<'_, Option<Bytes>> {
            Box::pin(std::future::pending())
        }
    }

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (client, listener.accept().await.unwrap().0)
    }

    const LIMIT: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn an_answer_is_written_as_http_says() {
        let (mut client, mut server) = pair().await;
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        let chunks =
            vec![Bytes::from_static(b": a\n\n"), Bytes::new(), Bytes::from(vec![b'x'; 300])];
        let writing = Writing::new(&headers, Box::new(Chunks(chunks)), true);
        let mut ahead = Vec::new();
        assert!(writing.run(&mut server, &mut ahead, LIMIT).await);
        drop(server);
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"),
            "{head}"
        );
        assert!(head.contains("\r\ntransfer-encoding: chunked\r\n") && head.contains("\r\ndate: "));
        assert_eq!(body, format!("5\r\n: a\n\n\r\n12c\r\n{}\r\n0\r\n\r\n", "x".repeat(300)));
    }

    #[tokio::test]
    async fn who_goes_is_noticed_and_who_asks_ahead_is_heard() {
        let (mut client, mut server) = pair().await;
        let writing = Writing::new(&HeaderMap::new(), Box::new(Silent), true);
        client.write_all(b"GET /next").await.unwrap();
        client.shutdown().await.unwrap();
        let mut ahead = Vec::new();
        assert!(!writing.run(&mut server, &mut ahead, LIMIT).await);
        assert_eq!(ahead, b"GET /next");
    }

    /// What the system's buffers hold counts as accepted; of more, a client must accept something.
    #[tokio::test]
    async fn who_takes_nothing_is_cut() {
        let (client, mut server) = pair().await;
        let chunks = vec![Bytes::from(vec![b'x'; 64 * 1024 * 1024])];
        let writing = Writing::new(&HeaderMap::new(), Box::new(Chunks(chunks)), true);
        let mut ahead = Vec::new();
        assert!(!writing.run(&mut server, &mut ahead, Duration::from_millis(300)).await);
        drop(client);
    }

    #[test]
    fn sizes_of_chunks() {
        for (number, line) in
            [(0, "0\r\n"), (15, "f\r\n"), (16, "10\r\n"), (usize::MAX, "ffffffffffffffff\r\n")]
        {
            assert_eq!(hex_line(number, &mut [0; 18]), line.as_bytes());
        }
    }
}
