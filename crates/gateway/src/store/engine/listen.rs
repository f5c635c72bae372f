//! The server's notifications (`LISTEN`, `NOTIFY`), received over a dedicated connection that is
//! re-established when it is lost.

use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::pool::Pool;
use super::value::Value;
use crate::domain::StoreError;
use crate::store::notices::{NoticeEvent, Transport};

const LISTEN: &str = "LISTEN ai_now";
const NOTIFY: &str = "SELECT pg_notify('ai_now', ?)";

/// The pause before a lost connection is re-established.
const PAUSE: Duration = Duration::from_millis(500);

/// How often the connection is checked: an unreachable server sends nothing.
const LOOK: Duration = Duration::from_secs(5);

impl Transport for Pool {
    fn publish(&self, text: String) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let postgres = self.postgres().await?;
            postgres.execute(NOTIFY, &[Value::Text(text)]).await.map(drop)
        })
    }

    fn subscribe(&self, events: mpsc::Sender<NoticeEvent>) {
        let pool = self.clone();
        tokio::spawn(async move {
            while !events.is_closed() {
                if let Err(error) = pool.listen_once(&events).await {
                    tracing::warn!(%error, "no notices from the other gateways; reconnecting");
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
    }
}

impl Pool {
    /// Receives over one connection, until it is lost or the receiver is dropped.
    async fn listen_once(&self, events: &mpsc::Sender<NoticeEvent>) -> Result<(), StoreError> {
        let (server, tls) = self.server();
        let Some(tls) = tls else {
            let (client, connection) = server.connect(NoTls).await?;
            return listen_with(client, connection, events).await;
        };
        let (client, connection) = server.connect(MakeRustlsConnect::new(tls)).await?;
        listen_with(client, connection, events).await
    }
}

async fn listen_with<T>(
    client: Client,
    mut connection: Connection<Socket, T>,
    events: &mpsc::Sender<NoticeEvent>,
) -> Result<(), StoreError>
where
    T: TlsStream + Send + Unpin + 'static,
{
    let sender = events.clone();
    let driving = tokio::spawn(async move {
        let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
        let mut notices = Delivery { events: sender, missed: false };
        loop {
            // The connection must be read on whatever the receiver does: its answers come over it, too.
            tokio::select! {
                () = notices.report_missed(), if notices.missed => {}
                message = messages.next() => match message {
                    Some(Ok(AsyncMessage::Notification(notice))) => notices.deliver(notice.payload()),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error),
                    None => return Ok::<_, tokio_postgres::Error>(()),
                },
            }
        }
    });
    let abort = driving.abort_handle();
    let received = receive(&client, events);
    let outcome = tokio::select! {
        outcome = received => outcome,
        ended = driving => match ended {
            Ok(Err(error)) => Err(error.into()),
            _ => Ok(()),
        },
    };
    abort.abort();
    outcome
}

/// Hands notices to a receiver that may be slow.
struct Delivery {
    events: mpsc::Sender<NoticeEvent>,
    /// Whether notices were dropped since the last gap was reported.
    missed: bool,
}

impl Delivery {
    /// Hands a notice on, or drops it where too many wait.
    fn deliver(&mut self, text: &str) {
        if !self.missed {
            self.missed = self.events.try_send(NoticeEvent::Text(text.to_owned())).is_err();
        }
    }

    /// Reports a gap as soon as there is room for it.
    async fn report_missed(&mut self) {
        if self.events.send(NoticeEvent::Gap).await.is_ok() {
            self.missed = false;
        } else {
            // The receiver is gone; `receive` ends the connection.
            std::future::pending::<()>().await;
        }
    }
}

/// Listens until the server stops answering or the receiver is dropped.
async fn receive(client: &Client, events: &mpsc::Sender<NoticeEvent>) -> Result<(), StoreError> {
    client.batch_execute(LISTEN).await?;
    // Notices before this moment may have been missed.
    if events.send(NoticeEvent::Gap).await.is_err() {
        return Ok(());
    }
    loop {
        tokio::select! {
            () = events.closed() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
        match tokio::time::timeout(LOOK, client.simple_query("SELECT 1")).await {
            Ok(answer) => drop(answer?),
            Err(_) => return Err(StoreError::Database("the server does not answer".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A receiver that is slow holds up nobody, and hears of what it missed before anything newer.
    #[tokio::test]
    async fn what_does_not_fit_is_a_gap() {
        let (events, mut receiver) = mpsc::channel(2);
        let mut notices = Delivery { events, missed: false };
        for text in ["a", "b", "c", "d"] {
            notices.deliver(text);
        }
        assert!(notices.missed);
        assert_eq!(receiver.recv().await, Some(NoticeEvent::Text("a".into())));
        notices.report_missed().await;
        assert!(!notices.missed);
        notices.deliver("e");
        assert_eq!(receiver.recv().await, Some(NoticeEvent::Text("b".into())));
        assert_eq!(receiver.recv().await, Some(NoticeEvent::Gap));
        // There was no room for "e".
        assert!(notices.missed);
        notices.report_missed().await;
        assert_eq!(receiver.recv().await, Some(NoticeEvent::Gap));
        notices.deliver("f");
        assert_eq!(receiver.recv().await, Some(NoticeEvent::Text("f".into())));
    }
}
