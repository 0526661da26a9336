//! Where the time of a run goes: how long each of the engine's spans was open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// The engine's stages. Parsing goes on beside the others, on a thread of its own.
pub(crate) const STAGES: [&str; 7] = ["parse", "resolve", "plan", "apply", "encode", "journal", "commit"];

/// The time that spans were open, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stages(Arc<Mutex<HashMap<&'static str, Duration>>>);

impl Stages {
    /// Listens to all spans of this process.
    pub(crate) fn listen() -> Self {
        let stages = Self::default();
        let only_ours =
            tracing_subscriber::filter::filter_fn(|metadata| metadata.is_span() && STAGES.contains(&metadata.name()));
        let subscriber = Registry::default().with(stages.clone().with_filter(only_ours));
        tracing::subscriber::set_global_default(subscriber).unwrap();
        stages
    }

    /// The sums so far; they begin anew.
    pub(crate) fn take(&self) -> HashMap<&'static str, Duration> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

struct Opened(Instant);

impl<S: tracing::Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Stages {
    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Opened(Instant::now()));
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        if let Some(Opened(began)) = span.extensions().get() {
            *self.0.lock().unwrap().entry(span.name()).or_default() += began.elapsed();
        }
    }
}
