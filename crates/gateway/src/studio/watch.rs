//! Following a generation: its events from the store, in order, each once.
//!
//! The store is asked again whenever there is news. News that come while nobody looks are not
//! lost: the next look finds what they were about.

use tokio::sync::watch;

use crate::store::{Store, StoreError, StoredEvent};

/// Follows one generation.
pub struct Watch {
    store: Store,
    id: String,
    after: u64,
    /// `None`: the log will not grow any more, as far as this process knows.
    news: Option<watch::Receiver<()>>,
    ended: bool,
}

/// How many events are read at once.
const BATCH: u32 = 64;

impl Watch {
    pub(super) fn new(
        store: Store,
        id: String,
        after: u64,
        news: Option<watch::Receiver<()>>,
    ) -> Self {
        Self { store, id, after, news, ended: false }
    }

    /// The next events, at least one; `None` after the last. Waits for them where there are none
    /// yet. A call that is dropped while it waits has taken nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn next(&mut self) -> Result<Option<Vec<StoredEvent>>, StoreError> {
        while !self.ended {
            if let Some(news) = &mut self.news {
                news.mark_unchanged();
            }
            let events = self.store.events_after(&self.id, self.after, BATCH).await?;
            if let Some(last) = events.last() {
                self.after = last.seq;
                self.ended = last.event.is_last();
                return Ok(Some(events));
            }
            match &mut self.news {
                Some(news) => {
                    if news.changed().await.is_err() {
                        // Its sender is gone: one last look, for what came just before that.
                        self.news = None;
                    }
                }
                None => self.ended = true,
            }
        }
        Ok(None)
    }
}
