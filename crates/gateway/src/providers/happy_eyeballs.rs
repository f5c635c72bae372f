//! Connecting to a host with several addresses: each is tried soon, whatever happened to those
//! before it ("Happy Eyeballs", RFC 8305). An address that drops packets costs a moment, not the
//! whole connection timeout.
//!
//! It must not know names, nor which addresses are allowed: it gets checked addresses.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::sleep;

/// How long to wait for one address before the next is tried as well (RFC 8305, section 8).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// How many addresses are tried at most. A name with more has plenty of working ones among these.
const ATTEMPTS_MAX: usize = 8;

/// The first connection that is established. A failure starts the next attempt at once.
pub(super) async fn connect(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    race(by_turns(addresses), TcpStream::connect).await
}

async fn race<C, F>(
    addresses: Vec<SocketAddr>,
    mut begin: impl FnMut(SocketAddr) -> F,
) -> io::Result<C>
where
    F: Future<Output = io::Result<C>>,
{
    let mut waiting = addresses.into_iter().take(ATTEMPTS_MAX);
    let mut attempts = FuturesUnordered::new();
    let mut last = io::Error::other("the host has no address");
    loop {
        if let Some(address) = waiting.next() {
            attempts.push(begin(address));
        } else if attempts.is_empty() {
            return Err(last);
        }
        let more = waiting.len() > 0;
        // Until the next attempt is due, by time or because no other attempt is left.
        let turn = sleep(ATTEMPT_DELAY);
        tokio::pin!(turn);
        loop {
            tokio::select! {
                Some(ended) = attempts.next() => match ended {
                    Ok(connection) => return Ok(connection),
                    Err(error) => {
                        last = error;
                        if more || attempts.is_empty() {
                            break;
                        }
                    }
                },
                () = &mut turn, if more => break,
            }
        }
    }
}

/// The addresses in the order in which they are tried: as resolved, with the two families
/// alternating (RFC 8305, section 4), so that a broken family costs one attempt.
fn by_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut ordered = Vec::new();
    loop {
        match (first.next(), second.next()) {
            (None, None) => return ordered,
            (a, b) => ordered.extend(a.into_iter().chain(b)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Mutex;

    use tokio::net::{TcpListener, TcpSocket};
    use tokio::time::Instant;

    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn the_families_take_turns() {
        let given = addresses(&["[2::1]:1", "[2::2]:1", "[2::3]:1", "1.0.0.1:1", "1.0.0.2:1"]);
        let tried = addresses(&["[2::1]:1", "1.0.0.1:1", "[2::2]:1", "1.0.0.2:1", "[2::3]:1"]);
        assert_eq!(by_turns(given), tried);
        let given = addresses(&["1.0.0.1:1", "1.0.0.2:1", "[2::1]:1"]);
        assert_eq!(by_turns(given), addresses(&["1.0.0.1:1", "[2::1]:1", "1.0.0.2:1"]));
        assert!(by_turns(Vec::new()).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_swallows_packets_costs_a_turn_and_one_that_refuses_nothing() {
        let (silent, refusing, good) = ("1.0.0.1:1", "1.0.0.2:1", "1.0.0.3:1");
        for (given, turns) in [
            (vec![good], 0),
            (vec![silent, good], 1),
            (vec![silent, silent, silent, good], 3),
            (vec![refusing, refusing, good], 0),
            (vec![silent, refusing, good], 1),
            (vec![good, silent], 0),
        ] {
            let begun = Instant::now();
            let tried = Mutex::new(0);
            let connected = race(addresses(&given), async |address: SocketAddr| {
                *tried.lock().unwrap() += 1;
                match address.to_string() {
                    text if text == silent => pending().await,
                    text if text == refusing => Err(io::ErrorKind::ConnectionRefused.into()),
                    _ => Ok(address.to_string()),
                }
            });
            assert_eq!(connected.await.unwrap(), good, "{given:?}");
            assert_eq!(begun.elapsed().as_millis() / ATTEMPT_DELAY.as_millis(), turns, "{given:?}");
            let before = given.iter().position(|address| *address == good).unwrap();
            assert_eq!(*tried.lock().unwrap(), before + 1, "{given:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn if_no_address_answers_the_last_error_is_returned() {
        let refuse = async |_: SocketAddr| -> io::Result<()> {
            Err(io::ErrorKind::ConnectionRefused.into())
        };
        let many = (1..=20).map(|port| SocketAddr::from(([1, 0, 0, 1], port))).collect();
        let error = race(many, refuse).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let error = race(Vec::new(), refuse).await.unwrap_err();
        assert!(error.to_string().contains("no address"), "{error}");
        let silent = async |_: SocketAddr| pending::<io::Result<()>>().await;
        let limit = ATTEMPT_DELAY * 20;
        let waited = tokio::time::timeout(limit, race(addresses(&["1.0.0.1:1"]), silent)).await;
        assert!(waited.is_err(), "whoever calls says how long it may take in all");
    }

    /// Real sockets: a listener with a full queue drops further connections, as a black hole does.
    #[tokio::test]
    async fn the_second_address_is_reached_behind_a_black_hole() {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let hole = socket.listen(0).unwrap();
        let swallowing = hole.local_addr().unwrap();
        let mut filling = Vec::new();
        while let Ok(filled) =
            tokio::time::timeout(ATTEMPT_DELAY / 2, TcpStream::connect(swallowing)).await
        {
            filling.push(filled.unwrap());
        }
        let good = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = good.local_addr().unwrap();
        let stream = connect(vec![swallowing, address]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), address);
    }
}
