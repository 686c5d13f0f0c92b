-- Kinds 8 to 10: screened, referred, and a plan before birth.

CREATE TABLE pregnancy_evidence AS
WITH standing AS (
    SELECT * FROM known_exposures
    LEFT JOIN (
        SELECT pregnancy, substance, max(registered_date) AS ruled_out_date FROM known_exposures
        WHERE certainty = 'ruled_out' AND pregnancy IS NOT NULL GROUP BY ALL
    ) USING (pregnancy, substance)
    WHERE pregnancy IS NOT NULL AND (
        certainty = 'confirmed'
        OR (certainty = 'suspected' AND NOT coalesce(ruled_out_date >= registered_date, false))
    )
),
windows_of_mothers AS (
    SELECT pregnancy, mother_id AS person_id, first_contact_date,
        coalesce(due_date, end_date) - getvariable('gestation_default_days') AS window_start,
        coalesce(end_date, due_date) AS window_end
    FROM known_pregnancies WHERE first_contact_date IS NOT NULL AND coalesce(due_date, end_date) IS NOT NULL
),
shown AS (
    SELECT pregnancy, least(detected_date, registered_date) AS evidence_date, registered_date AS known_date FROM standing
    UNION ALL
    SELECT pregnancy, sent_date, sent_date FROM known_handovers WHERE has_exposure AND pregnancy IS NOT NULL
    UNION ALL
    SELECT pregnancy, greatest(diagnosed_date, first_contact_date), greatest(diagnosed_date, first_contact_date)
    FROM coded_diagnoses JOIN windows_of_mothers USING (person_id)
    WHERE bearer = 'mother' AND diagnosed_date BETWEEN window_start AND window_end
    UNION ALL
    SELECT pregnancy, greatest(start_date, window_start, first_contact_date),
        greatest(start_date, window_start, first_contact_date)
    FROM known_treatments JOIN windows_of_mothers USING (person_id)
    WHERE start_date <= window_end AND coalesce(end_date >= window_start, true)
)
SELECT pregnancy, min(known_date) AS first_known_date
FROM shown JOIN known_pregnancies USING (pregnancy)
WHERE coalesce(evidence_date < coalesce(end_date, due_date), true)
GROUP BY pregnancy;

CREATE VIEW pregnancy_drafts AS
WITH known AS (
    SELECT *, coalesce(end_date, due_date) AS ends FROM known_pregnancies JOIN pregnancy_evidence USING (pregnancy)
),
sent AS (
    SELECT
        pregnancy,
        min(sent_date) FILTER (kind = 'referral' AND to_actor IN ('family_clinic', 'family_department')) AS referred_date,
        min(sent_date) FILTER (kind = 'prebirth_notification' AND is_municipal(to_actor) AND has_exposure)
            AS notified_date,
        max(sent_date) FILTER (kind = 'prebirth_notification' AND is_municipal(to_actor) AND NOT has_exposure)
            AS left_out_date
    FROM known_handovers WHERE pregnancy IS NOT NULL AND kind IN ('referral', 'prebirth_notification')
    GROUP BY pregnancy
)
SELECT
    pregnancy, 'screened'::kind AS kind, first_contact_date AS trigger_date, first_contact_date + days AS due_date,
    CASE WHEN is_asked_about_both THEN coalesce(asked_date, first_contact_date) END AS met_date,
    'not_asked'::reason AS loss_reason, NULL::DATE AS found_date, 'region'::sector AS sector,
    outcome, end_date, municipality, severity, recommendation
FROM known_pregnancies JOIN deadlines ON kind = 'screened'
WHERE first_contact_date IS NOT NULL
UNION ALL
SELECT
    pregnancy, 'referred', first_known_date, least(first_known_date + days, ends), referred_date, 'no_referral', NULL,
    'region', outcome, end_date, municipality, severity, recommendation
FROM known LEFT JOIN sent USING (pregnancy) JOIN deadlines ON kind = 'referred'
WHERE coalesce(first_known_date < ends, true)
UNION ALL
SELECT
    pregnancy, 'plan_before_birth', first_known_date, least(due_date, end_date) + days, notified_date,
    CASE WHEN left_out_date IS NOT NULL THEN 'exposure_left_out' ELSE 'no_handover' END, left_out_date, 'municipality',
    outcome, end_date, municipality, severity, recommendation
FROM known LEFT JOIN sent USING (pregnancy) JOIN deadlines ON kind = 'plan_before_birth'
WHERE due_date IS NOT NULL AND first_known_date < least(due_date, end_date) + days;

INSERT INTO obligations
WITH excused AS (
    SELECT *, CASE WHEN outcome IN ('loss', 'stillbirth') AND end_date <= due_date THEN 'pregnancy_ended'::reason END
        AS excuse
    FROM pregnancy_drafts WHERE trigger_date <= getvariable('as_of')
),
decided AS (SELECT *, status_of(met_date, due_date, excuse, false) AS status FROM excused)
SELECT
    NULL, pregnancy, kind, kind::VARCHAR::measure, NULL, trigger_date, due_date, met_date, status,
    CASE status WHEN 'excused' THEN excuse WHEN 'overdue' THEN loss_reason END,
    CASE status WHEN 'overdue' THEN found_date END, municipality, sector, severity, recommendation
FROM decided;
