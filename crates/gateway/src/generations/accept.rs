//! Accepting a generation: holding its price, storing it, starting it. It must not know how a
//! generation is made.

use ai_now_protocol::api::State;
use ai_now_protocol::options::SEED;
use ai_now_protocol::{Event, GenerateRequest, Invalid, Model, OptionKind, Order, Scalar, Scalars};
use sha2::{Digest as _, Sha256};
use tracing::Instrument as _;

use super::service::GenerationService;
use crate::domain::{Acceptance, NewGeneration, Principal, SubmitError};
use crate::limits::GenerationPermit;
use crate::providers::Unfit;
use crate::secret;
use crate::store::{Actor, GenerationRow, StoreError};

/// A generation that an administrator repeats.
#[derive(Clone, Debug)]
pub struct Repetition {
    /// The id of the one before.
    pub of: String,
    /// The administrator.
    pub by: Actor,
}

impl GenerationService {
    /// Accepts a generation and starts it, or finds the one that was accepted under the same
    /// idempotency key. The work goes on to its end even if the caller stops waiting. Without a
    /// `permit` (the client's address has too many active generations) it only finds an earlier
    /// one.
    ///
    /// # Errors
    /// [`SubmitError`]
    pub async fn accept(
        &self,
        owner: Principal,
        request: GenerateRequest,
        idempotency_key: Option<String>,
        permit: Option<GenerationPermit>,
    ) -> Result<Acceptance, SubmitError> {
        let service = self.clone();
        let accepting =
            async move { service.accept_now(owner, request, idempotency_key, permit, None).await };
        self.to_the_end(accepting).await
    }

    /// Accepts the repetition of a generation, and logs it where it is accepted. See
    /// [`GenerationService::accept`].
    ///
    /// # Errors
    /// [`SubmitError`]; then the log says nothing of it.
    pub async fn accept_again(
        &self,
        owner: Principal,
        request: GenerateRequest,
        permit: Option<GenerationPermit>,
        repetition: Repetition,
    ) -> Result<Acceptance, SubmitError> {
        let service = self.clone();
        let accepting =
            async move { service.accept_now(owner, request, None, permit, Some(repetition)).await };
        self.to_the_end(accepting).await
    }

    async fn to_the_end(
        &self,
        accepting: impl Future<Output = Result<Acceptance, SubmitError>> + Send + 'static,
    ) -> Result<Acceptance, SubmitError> {
        match self.0.tasks.spawn(accepting.in_current_span()).await {
            Ok(outcome) => outcome,
            // A panic: nothing was accepted.
            Err(error) => Err(StoreError::NotWritten(error.to_string()).into()),
        }
    }

    async fn accept_now(
        &self,
        owner: Principal,
        request: GenerateRequest,
        idempotency_key: Option<String>,
        permit: Option<GenerationPermit>,
        repetition: Option<Repetition>,
    ) -> Result<Acceptance, SubmitError> {
        let submission = idempotency_key.map(|key| (key, fingerprint(&request)));
        let order = match self.order(&request).await {
            Ok(order) => order,
            // What was accepted before stays accepted, whatever has changed since.
            Err(refusal) => {
                let Some(submission) = &submission else { return Err(refusal) };
                let before = self.0.store.accepted_before(&owner, submission).await?;
                return before.unwrap_or(Err(refusal));
            }
        };
        let node = self.node_to_run();
        let (repeats, store) = match repetition {
            Some(Repetition { of, by }) => (Some(of), self.0.store.acting_as(by)),
            None => (None, self.0.store.clone()),
        };
        let mut options = order.options;
        options
            .entry(SEED.into())
            .or_insert_with(|| Scalar::from(u32::from_be_bytes(secret::random())));
        let uploads = uploads_of(order.model, &options);
        let new = NewGeneration {
            id: secret::name(),
            owner,
            model: order.model.id.to_string(),
            options,
            uploads,
            procedural: order.model.procedural,
            price: order.price_tokens,
            prompt: order.prompt,
            submission,
            node,
            concurrent_limit: permit.as_ref().map_or(0, |_| self.0.settings.per_owner),
            repeats,
        };
        let row = GenerationRow::queued(&new);
        // Inserted before it is in the store: a stream that finds it in the store also finds it
        // here.
        let active = node.map(|node| self.insert(&row, node, permit));
        let accepted = store.accept(new, Event::Started).await;
        match (&accepted, active) {
            (Ok(acceptance), active) if !acceptance.replayed => {
                self.0.metrics.accepted(&row.model);
                self.0.changes.publish(&row.id, &row.model, State::Queued);
                let (id, model, price) = (&row.id, &row.model, row.price);
                tracing::info!(generation = id, model, price, "accepted");
                if let Some(active) = active {
                    active.hub.fact(acceptance.first_seq, &Event::Started);
                    self.start(row, active);
                } else if let Some(notices) = &self.0.notices {
                    notices.work();
                }
            }
            (_, Some(active)) => self.remove(&row.id, &active),
            (_, None) => {}
        }
        accepted
    }

    /// What a request asks for, if it can be taken now.
    async fn order<'s>(&'s self, request: &GenerateRequest) -> Result<Order<'s>, SubmitError> {
        let order = request.check(self.catalog())?;
        if let Some(Unfit { option, allowed }) = self.0.pool.unfit(order.model, &order.options) {
            return Err(Invalid::InvalidOption { option, allowed }.into());
        }
        if self.0.stopping.is_cancelled() {
            return Err(SubmitError::Stopping);
        }
        if self.under_way().await? >= self.0.settings.queue {
            return Err(SubmitError::QueueFull);
        }
        Ok(order)
    }
}

/// The uploads that options name.
fn uploads_of(model: &Model, options: &Scalars) -> Vec<String> {
    let pictures = model.options.iter().filter(|option| option.kind == OptionKind::Picture);
    pictures.filter_map(|option| options.get(&option.id)?.as_text().map(str::to_owned)).collect()
}

/// Two requests under one idempotency key are the same where this is the same. It depends on their
/// values, not on the layout of their JSON.
fn fingerprint(request: &GenerateRequest) -> secret::Hash {
    let GenerateRequest { model, prompt, style, options } = request;
    let style = style.as_deref().unwrap_or_default();
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    for part in [model, prompt, style] {
        add(part.as_bytes());
    }
    for (id, value) in options {
        add(id.as_bytes());
        // The number 5 and the text "5" are different values.
        let kind: &[u8] = match value {
            Scalar::Flag(_) => b"flag",
            Scalar::Integer(_) => b"integer",
            Scalar::Text(_) => b"text",
        };
        add(kind);
        add(value.to_string().as_bytes());
    }
    hash.finalize().into()
}
