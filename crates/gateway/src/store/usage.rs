//! What generations came to: counted in the change that accepts or ends one, by day, key, model,
//! provider and outcome; and read by the day. It outlives the generations.

use sqlx::SqliteConnection;

use super::database::{Store, signed};
use super::sql;
use crate::clock::date_of;
use crate::domain::StoreError;

/// How many generations of one kind ended on a day, and what was charged for them.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Usage {
    /// The day (UTC), in days since 1970.
    #[sqlx(try_from = "i64")]
    pub day: u64,
    /// The key's name.
    pub key_name: String,
    /// The model's id. Empty: it was not written down by an earlier version.
    pub model: String,
    /// The provider's name in the settings. Empty: none was asked, or it is not known.
    pub provider: String,
    /// `completed`, `failed` or `cancelled`.
    pub outcome: String,
    /// How many generations.
    #[sqlx(try_from = "i64")]
    pub generations: u64,
    /// What was charged for them, in tokens.
    #[sqlx(try_from = "i64")]
    pub tokens: u64,
}

/// The columns of a table of usage, in their order. More may come after these.
pub const USAGE_COLUMNS: [&str; 7] =
    ["day", "key", "model", "provider", "outcome", "generations", "tokens"];

impl Usage {
    /// The values of [`USAGE_COLUMNS`].
    pub fn fields(&self) -> [String; 7] {
        let Self { day, key_name, model, provider, outcome, generations, tokens } = self;
        [
            date_of(*day),
            key_name.clone(),
            model.clone(),
            provider.clone(),
            outcome.clone(),
            generations.to_string(),
            tokens.to_string(),
        ]
    }
}

impl Store {
    /// The usage of a day (UTC), of all keys or of one, in a steady order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn usage_of_day(
        &self,
        day: u64,
        key_id: Option<i64>,
    ) -> Result<Vec<Usage>, StoreError> {
        let rows = sqlx::query_as(sql::USAGE_OF_DAY).bind(signed(day)).bind(key_id);
        Ok(rows.fetch_all(&self.reader).await?)
    }
}

/// Counts a generation that was just accepted.
pub(super) async fn accepted(
    connection: &mut SqliteConnection,
    id: &str,
) -> Result<(), StoreError> {
    sqlx::query(sql::COUNT_ACCEPTED).bind(id).execute(connection).await?;
    Ok(())
}

/// Counts a generation that has just ended.
pub(super) async fn ended(connection: &mut SqliteConnection, id: &str) -> Result<(), StoreError> {
    sqlx::query(sql::COUNT_ENDED).bind(id).execute(&mut *connection).await?;
    sqlx::query(sql::COUNT_RELEASED).bind(id).execute(connection).await?;
    Ok(())
}
