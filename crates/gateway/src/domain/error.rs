//! Why the store fails, and why a submission is refused.

use std::path::PathBuf;

use ai_now_protocol::Invalid;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data directory cannot be made or used.
    #[error("The data directory {} cannot be used: {source}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database's file cannot be made or used.
    #[error(
        "The database {} cannot be opened: {source}. Make sure that the gateway's user may read and write the file and its directory; if the file is damaged, restore a backup.",
        path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database is gone, or empty, where a gateway with an earlier one has run.
    #[error(
        "The database {} is missing or empty, but a gateway has run here. Restore a backup of it; to start over and forget all keys and balances, move the data directory away first.",
        path.display()
    )]
    Lost {
        /// The missing file.
        path: PathBuf,
    },
    /// The database server cannot be used.
    #[error(
        "The database server {server} cannot be used: {source}. Make sure that it runs, that the setting \
         `store` names it, and that its user may create tables in the database."
    )]
    Server {
        /// Its address, without the password.
        server: String,
        /// What is wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another gateway runs the generations of this database.
    #[error("A gateway is using this database. Stop it first, or name a database that is empty.")]
    InUse,
    /// The settings name a database server, but the data directory has records of its own.
    #[error(
        "There are records in {}, and the setting `store` names a server. Move them there with \
         `ai-now-gateway migrate --to …`, or move the file away.",
        path.display()
    )]
    NotMoved {
        /// The file.
        path: PathBuf,
    },
    /// The records of a data directory were moved to a server.
    #[error(
        "The records of the data directory {} are on the server {server}, and the setting `store` names \
         none. Give it (`--store` or `AI_NOW_STORE`); if they are no longer there, remove {}.",
        path.display(),
        marker.display()
    )]
    Elsewhere {
        /// The directory.
        path: PathBuf,
        /// The file that says so.
        marker: PathBuf,
        /// The server.
        server: String,
    },
    /// The database refused; the message is the database's own, without the values of a row.
    #[error("The database cannot be used: {}", without_values(&**.0))]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The shared commit of a group failed, or the store is closing. Nothing was kept.
    #[error("The database did not take the change: {0}")]
    NotWritten(String),
    /// The connection was lost during the commit. Whether the change was kept is not known.
    #[error("The database was lost while it kept the change, and may have kept it: {0}")]
    OutcomeUnknown(String),
    /// Records were to be moved to a database that has none.
    #[error("There are records in that database already. Use one that is empty.")]
    NotEmpty,
    /// A copy of the records differs from the original.
    #[error("The records were not moved, since the copy would not be sound: {0}")]
    NotTheSame(String),
    /// A later version of the gateway has changed the tables.
    #[error(
        "The database was made by a later version of the gateway (its tables have version {0}). Use that \
         version, or restore an earlier backup."
    )]
    Newer(i64),
    /// No key has this name.
    #[error("There is no key “{0}”. `keys list` shows the names.")]
    NoSuchKey(String),
    /// Only a publishable key is for pages.
    #[error("The key “{0}” is a secret one: only a publishable key has origins and visitors.")]
    NoPages(String),
    /// No administrator has this name.
    #[error("There is no administrator “{0}”. `admins list` shows the names.")]
    NoSuchAdmin(String),
    /// An administrator has this name, or had it before.
    #[error("There is an administrator “{0}” already, or was. Choose another name.")]
    AdminExists(String),
    /// An account has as many webhooks as it may have.
    #[error("An account has at most {0} webhooks. Remove one first.")]
    TooManyWebhooks(u32),
    /// Fewer tokens are available than are to be taken back.
    #[error("Fewer tokens than that are available. `keys balance` shows how many there are.")]
    TooFewTokens,
    /// More tokens than the store can count.
    #[error("That would be more tokens than an account can hold.")]
    TooManyTokens,
}

/// What PostgreSQL says of an error in detail repeats the row that it is about, with its prompt.
fn without_values(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    if let Some(at) = words.find("\nDETAIL: ") {
        words.truncate(at);
    }
    words
}

/// Why a submission was not accepted. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The request is not valid.
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// The owner has too few tokens.
    #[error("{price} tokens are needed and {available} are available")]
    TooFewTokens {
        /// What it would cost.
        price: u32,
        /// How many tokens are available.
        available: u64,
    },
    /// An option names an upload that does not exist, or belongs to another owner.
    #[error("there is no such upload")]
    NoSuchUpload,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The owner has as many active generations as it may have at once.
    #[error("too many generations of this owner are active")]
    TooManyAtOnce,
    /// The visitors of this publishable key have used up its tokens of the last 24 hours.
    #[error("the tokens of 24 hours are used up")]
    DayUsedUp,
    /// The key may not use this model.
    #[error("the key is not for the model {model}")]
    ModelNotAllowed {
        /// The model's id.
        model: String,
    },
    /// The key has reached its cap for the calendar day or month.
    #[error("the key's tokens of a day or month are used up")]
    CapReached {
        /// Whether the cap is the monthly one.
        month: bool,
        /// How long until the next day or month begins.
        wait_ms: u64,
    },
    /// Too many generations are active in the whole gateway.
    #[error("the queue is full")]
    QueueFull,
    /// The gateway is shutting down.
    #[error("the gateway is stopping")]
    Stopping,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_database_says_has_no_row_in_it() {
        let said = "db error: ERROR: null value in column \"state\"\nDETAIL: Failing row contains (a \
                    secret wish).\nHINT: none";
        let error = StoreError::Database(said.into()).to_string();
        assert!(error.ends_with("null value in column \"state\""), "{error}");
    }
}
