//! Work that keeps processors busy, shared out.

use super::error::EngineError;
use std::num::NonZero;

/// Does something with each item on up to `most` cores; the answers come in the order of the items.
pub(super) async fn on_cores<T, U>(
    operation: &'static str,
    most: usize,
    items: Vec<T>,
    work: impl Fn(&T) -> U + Send + Sync + 'static,
) -> Result<Vec<(T, U)>, EngineError>
where
    T: Send + Sync + 'static,
    U: Send + 'static,
{
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let done = tokio::task::spawn_blocking(move || {
        let workers = std::thread::available_parallelism().map_or(1, NonZero::get).min(most);
        let share = items.len().div_ceil(workers);
        let answers = std::thread::scope(|scope| {
            let work = &work;
            let parts = items.chunks(share);
            let workers: Vec<_> =
                parts.map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<_>>())).collect();
            workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Result<Vec<_>, _>>()
        });
        answers.map(|answers| items.into_iter().zip(answers.into_iter().flatten()).collect::<Vec<_>>())
    });
    let broken = |problem: String| EngineError::Internal { operation, problem };
    let done = done.await.map_err(|error| broken(error.to_string()))?;
    done.map_err(|_| broken("a worker panicked".to_owned()))
}
