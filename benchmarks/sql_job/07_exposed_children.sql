-- Kinds 1 to 6: obligations towards exposed children.

CREATE TABLE known AS
SELECT child, birth_date, death_date, first_evidence_date, exposed.first_known_date, first_knowers,
    municipal_first_knowers, greatest(birth_date, exposed.first_known_date) AS knowable_date
FROM exposed JOIN lives USING (child);

CREATE TABLE drafts (
    child INTEGER, kind kind, measure measure, subject_id VARCHAR, trigger_date DATE, due_date DATE, met_date DATE,
    is_denied BOOLEAN, loss_reason reason, found_date DATE, own_municipality municipality, has_own BOOLEAN,
    sector sector, severity severity, recommendation recommendation
);

-- 1 and 2: registered, and on the child's own record.
INSERT INTO drafts
WITH met AS (SELECT child, min(known_date) AS met_date FROM evidence WHERE source = 'registration' GROUP BY child)
SELECT
    child, kind, kind, NULL, first_evidence_date, greatest(birth_date, first_evidence_date + days), met_date, false,
    'not_registered', NULL, NULL, false,
    CASE WHEN municipal_first_knowers < first_knowers THEN 'region' ELSE 'municipality' END, severity, recommendation
FROM known LEFT JOIN met USING (child) JOIN deadlines ON kind = 'registered';

INSERT INTO drafts
WITH met AS (
    SELECT child, min(known_date) AS met_date FROM evidence
    WHERE source IN ('child_diagnosis', 'support_record') OR (source = 'registration' AND names_child)
    GROUP BY child
)
SELECT
    child, kind, kind, NULL, knowable_date, knowable_date + days, met_date, false, 'not_registered', NULL, NULL, false,
    'municipality', severity, recommendation
FROM known LEFT JOIN met USING (child) JOIN deadlines ON kind = 'on_child_record';

-- How hand-overs that meet every condition but two end an obligation. The two: the exposure is stated, receipt is
-- confirmed.
CREATE MACRO met_by(has_exposure, received_date) AS min(received_date) FILTER (has_exposure);
CREATE MACRO unconfirmed(has_exposure, received_date, sent_date) AS
    max(sent_date) FILTER (has_exposure AND received_date IS NULL);
CREATE MACRO left_out(has_exposure, sent_date) AS max(sent_date) FILTER (NOT has_exposure);
CREATE MACRO met_first(has_exposure, received_date, sent_date, first_known_date) AS
    count(*) FILTER (has_exposure AND received_date IS NOT NULL AND sent_date = first_known_date);
CREATE MACRO lost_handover(unconfirmed_date, left_out_date) AS CASE
    WHEN unconfirmed_date IS NOT NULL THEN 'not_confirmed'::reason
    WHEN left_out_date IS NOT NULL THEN 'exposure_left_out'::reason
    ELSE 'no_handover'::reason
END;

-- 3: handed over into the municipality, unless a first knower is municipal.
INSERT INTO drafts
WITH handed AS (
    SELECT
        child, met_by(has_exposure, received_date) AS met_date,
        unconfirmed(has_exposure, received_date, sent_date) AS unconfirmed_date,
        left_out(has_exposure, sent_date) AS left_out_date
    FROM handovers_about WHERE is_municipal(to_actor) AND NOT is_municipal(from_actor)
    GROUP BY child
)
SELECT
    child, kind, kind, NULL, knowable_date, knowable_date + days, met_date, false,
    lost_handover(unconfirmed_date, left_out_date), coalesce(unconfirmed_date, left_out_date), NULL, false, 'region',
    severity, recommendation
FROM known LEFT JOIN handed USING (child) JOIN deadlines ON kind = 'handed_over'
WHERE municipal_first_knowers = 0;

-- 4: carried in each support record of a type that carries it, open when it was known, unless it knew first itself.
INSERT INTO drafts
WITH records AS (
    SELECT *, CASE WHEN exposure_status = 'recorded' THEN coalesce(exposure_recorded_date, opened_date) END AS met_date,
        coalesce(exposure_status = 'denied', false) AS is_denied, greatest(opened_date, first_known_date) AS trigger_date
    FROM known_support_records JOIN known USING (child)
    WHERE record_type IN (FROM record_types)
)
SELECT
    child, kind, kind, record_id, trigger_date, trigger_date + days, met_date, is_denied, 'silent',
    CASE WHEN is_denied THEN exposure_recorded_date END, municipality, true, 'municipality', severity, recommendation
FROM records JOIN deadlines ON kind = 'carried_in_record'
WHERE NOT coalesce(closed_date < first_known_date, false) AND NOT coalesce(met_date = first_known_date, false);

-- 5: carried at each move with the exposure known, unless it first became known by what the move itself brought.
CREATE TABLE moves AS
WITH next AS (
    SELECT *, lead(from_date) OVER by_start AS next_start, lead(municipality) OVER by_start AS new_municipality
    FROM spells_of_movers SEMI JOIN known USING (child)
    WINDOW by_start AS (PARTITION BY child ORDER BY from_date)
),
changes AS (
    SELECT *, municipality <> new_municipality AS is_change,
        min(CASE WHEN municipality <> new_municipality THEN next_start END) OVER (
            PARTITION BY child ORDER BY from_date ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_date
    FROM next
)
SELECT child, next_start AS move_date, municipality AS left_municipality, new_municipality, next_date, first_known_date,
    first_knowers
FROM changes JOIN known USING (child)
WHERE is_change AND next_start - end_date <= getvariable('move_gap_days')
    AND birth_date < next_start AND first_known_date <= next_start;

INSERT INTO drafts
WITH handed AS (
    SELECT
        child, move_date, met_by(has_exposure, received_date) AS met_date,
        unconfirmed(has_exposure, received_date, sent_date) AS unconfirmed_date,
        left_out(has_exposure, sent_date) AS left_out_date,
        met_first(has_exposure, received_date, sent_date, first_known_date) AS met_first
    FROM handovers_about JOIN moves USING (child) JOIN deadlines ON deadlines.kind = 'carried_at_move'
    WHERE handovers_about.kind = 'municipal_move' AND is_municipal(to_actor) AND to_municipality = new_municipality
        AND coalesce(from_municipality = left_municipality, true) AND sent_date >= move_date - sent_window_days
        AND coalesce(sent_date < next_date, true)
    GROUP BY child, move_date
)
SELECT
    child, kind, kind, strftime(move_date, '%Y-%m-%d'), move_date, move_date + days, met_date, false,
    lost_handover(unconfirmed_date, left_out_date), coalesce(unconfirmed_date, left_out_date), left_municipality, true,
    'municipality', severity, recommendation
FROM moves LEFT JOIN handed USING (child, move_date) JOIN deadlines ON kind = 'carried_at_move'
WHERE coalesce(met_first, 0) < first_knowers;

-- 6: carried at school start, adulthood and each placement.
INSERT INTO drafts
WITH transitions AS (
    SELECT child, 'school_start' AS transition, NULL AS record_id, NULL AS municipality,
        make_date(year(birth_date) + getvariable('school_start_age'), 8, 1) AS transition_date
    FROM known
    UNION ALL
    SELECT child, 'adulthood', NULL, NULL, (birth_date + to_years(getvariable('adulthood_age')))::DATE FROM known
    UNION ALL
    SELECT child, 'placement', record_id, municipality, opened_date
    FROM known_support_records WHERE record_type = 'placement'
),
reached AS (
    SELECT * FROM transitions JOIN known USING (child)
    WHERE transition_date <= getvariable('as_of') AND first_known_date <= transition_date
),
handed AS (
    SELECT
        reached.child, reached.transition, record_id, met_by(has_exposure, received_date) AS met_date,
        unconfirmed(has_exposure, received_date, sent_date) AS unconfirmed_date,
        left_out(has_exposure, sent_date) AS left_out_date,
        met_first(has_exposure, received_date, sent_date, first_known_date) AS met_first
    FROM reached
    JOIN handovers_about ON handovers_about.child = reached.child AND handovers_about.kind::VARCHAR = reached.transition
    JOIN deadlines ON deadlines.kind = 'carried_at_transition' AND deadlines.transition = reached.transition
    WHERE sent_date >= transition_date - sent_window_days
    GROUP BY reached.child, reached.transition, record_id
)
SELECT
    reached.child, kind, kind || ':' || reached.transition,
    CASE WHEN reached.record_id IS NULL THEN reached.transition ELSE 'placement:' || reached.record_id END,
    transition_date, transition_date + days, met_date, false, lost_handover(unconfirmed_date, left_out_date),
    coalesce(unconfirmed_date, left_out_date), municipality::municipality, reached.record_id IS NOT NULL,
    'municipality', severity, recommendation
FROM reached
LEFT JOIN handed ON handed.child = reached.child AND handed.transition = reached.transition
    AND handed.record_id IS NOT DISTINCT FROM reached.record_id
JOIN deadlines ON kind = 'carried_at_transition' AND deadlines.transition = reached.transition
WHERE coalesce(met_first, 0) < first_knowers;

INSERT INTO obligations
WITH placed AS (
    SELECT
        drafts.*, lives.death_date, lives.spells,
        coalesce(homes_of_movers.municipality, lives.home, pregnancy_municipality) AS home,
        coalesce(homes_of_movers.is_resident,
            from_date <= due_date AND coalesce(due_date < end_date, true), false) AS is_resident
    FROM drafts
    JOIN lives USING (child)
    LEFT JOIN homes_of_movers ON homes_of_movers.child = drafts.child
        AND least(due_date, getvariable('as_of')) >= starts AND least(due_date, getvariable('as_of')) < stops
    WHERE trigger_date <= getvariable('as_of') AND coalesce(lives.death_date >= trigger_date, true)
),
excused AS (SELECT *, excuse_of_child(due_date, death_date, spells, is_resident) AS excuse FROM placed),
decided AS (SELECT *, status_of(met_date, due_date, excuse, is_denied) AS status FROM excused)
SELECT
    child, NULL, kind, measure, subject_id, trigger_date, due_date, met_date, status,
    CASE status WHEN 'excused' THEN excuse WHEN 'overdue' THEN loss_reason END,
    CASE WHEN status IN ('overdue', 'contradicted') THEN found_date END,
    CASE WHEN has_own THEN own_municipality ELSE home END, sector, severity, recommendation
FROM decided;
