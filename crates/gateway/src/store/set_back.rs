//! A clock that was set back: what was written down while it was ahead is brought back to now. Else a
//! session of an hour would be good for as long as the clock was ahead, and a message would wait for it.
//!
//! Only for a store that nobody shares: among several gateways it may be this one's clock that is wrong.

use super::database::{Store, signed};
use super::engine::query;
use super::sql;
use crate::clock::{DAY_MS, now_ms};
use crate::domain::StoreError;

/// How long an upload stays at most that was made while the clock was ahead, and that nothing uses.
const UPLOAD_MS: u64 = 60 * 60 * 1000;

impl Store {
    /// Brings sessions, uploads and waiting messages back to now. How many.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn bring_back(&self) -> Result<u64, StoreError> {
        if self.is_shared() {
            return Ok(0);
        }
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    let now_ms = now_ms();
                    let sessions = query(sql::BRING_BACK_SESSIONS).bind(signed(now_ms));
                    let uploads = query(sql::BRING_BACK_UPLOADS)
                        .bind(signed(now_ms + UPLOAD_MS))
                        .bind(signed(now_ms + DAY_MS));
                    // The longest pause between two tries is a day and a part of one.
                    let messages = query(sql::BRING_BACK_WEBHOOKS)
                        .bind(signed(now_ms))
                        .bind(signed(now_ms + 2 * DAY_MS));
                    let mut count = 0;
                    for bringing in [sessions, uploads, messages] {
                        count += bringing.execute(&mut *connection).await?;
                    }
                    Ok(count)
                })
            })
            .await
    }
}
