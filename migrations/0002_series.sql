-- Runs that were asked for together, one after the other.
ALTER TABLE run ADD COLUMN series TEXT;
-- The place in the series, from 1.
ALTER TABLE run ADD COLUMN step INTEGER CHECK ((series IS NULL) = (step IS NULL) AND step >= 1);
CREATE UNIQUE INDEX run_series ON run (series, step) WHERE series IS NOT NULL;
