-- The thirteen rules as somebody who knows DuckDB writes them by hand, for tables in which anything may be missing or
-- wrong, and members need not all be listed. Every value is the pair of its least and its greatest; money is whole fen.
CREATE OR REPLACE MACRO fen(yuan) AS floor(yuan * 100 + 0.5);
CREATE OR REPLACE MACRO finer(yuan) AS coalesce(abs(yuan * 100 - fen(yuan)) > 1e-4 AND abs(yuan * 100 - fen(yuan)) < 1, false);
CREATE OR REPLACE MACRO held(fen, otherwise) AS CASE WHEN fen BETWEEN 0 AND 1e11 THEN fen ELSE otherwise END;
CREATE OR REPLACE MACRO outside(fen) AS coalesce(fen NOT BETWEEN 0 AND 1e11 AND NOT isnan(fen), false);
CREATE OR REPLACE MACRO strange(code, codes) AS coalesce(code NOT IN codes, false);
CREATE OR REPLACE MACRO put(flag, number) AS flag::INT << number;
CREATE OR REPLACE MACRO those(wanted, names, flags) AS CASE WHEN wanted THEN list_where(names, flags) ELSE []::VARCHAR[] END;

CREATE OR REPLACE TABLE graded AS
WITH read AS (
  SELECT household_id, fen(out_of_pocket) AS paid, finer(out_of_pocket) AS paid_finer, nullif(health, '') AS health, nullif(labour, '') AS labour,
    birth_date, birth_date BETWEEN DATE '1900-01-01' AND DATE '2100-12-31' AS can_be,
    birth_date > DATE '2008-05-01' AND birth_date <= DATE '2018-05-01' AS of_age,
    employed, in_school, basic_medical_insurance AS insured
  FROM members
), flags AS (
  SELECT household_id, paid, paid_finer, health, labour, can_be, employed, insured, in_school,
    coalesce(can_be AND of_age, false) AS age_lo, coalesce(of_age OR NOT can_be, true) AS age_hi,
    coalesce(health = 'disabled', false) AS ill_lo, coalesce(health NOT IN ('healthy', 'chronic', 'serious'), true) AS ill_hi,
    coalesce(labour IN ('lost', 'none'), false) AS weak_lo, coalesce(labour NOT IN ('ordinary', 'skilled', 'weak'), true) AS weak_hi
  FROM read
), open AS (
  SELECT *, age_hi AND in_school IS NOT TRUE AND NOT (age_lo AND in_school IS FALSE) AS out_open,
    ill_hi AND weak_hi AND NOT (ill_lo AND weak_lo) AS disabled_open
  FROM flags
), found AS ( -- yes-or-no questions about members as the bits of one number
  SELECT household_id, count(*) AS listed, sum(held(paid, 0)) AS paid_lo, sum(held(paid, 1e11)) AS paid_hi, bit_or(
    put(employed IS TRUE, 0) | put(employed IS NOT FALSE, 1) | put(ill_lo AND weak_lo, 2) | put(ill_hi AND weak_hi, 3)
    | put(age_lo AND in_school IS FALSE, 4) | put(age_hi AND in_school IS NOT TRUE, 5)
    | put(insured IS FALSE, 6) | put(insured IS NOT TRUE, 7) | put(paid_finer, 8)
    | put(out_open AND age_hi AND NOT age_lo, 9) | put(out_open AND in_school IS NULL, 10)
    | put(disabled_open AND ill_hi AND NOT ill_lo, 11) | put(disabled_open AND weak_hi AND NOT weak_lo, 12)
    | put(insured IS NULL, 13) | put(employed IS NULL, 14) | put((paid BETWEEN 0 AND 1e11) IS NOT TRUE, 15)
    | put(outside(paid), 16) | put(strange(health, ('healthy', 'chronic', 'serious', 'disabled')), 17)
    | put(strange(labour, ('ordinary', 'skilled', 'weak', 'lost', 'none')), 18) | put(can_be IS FALSE, 19)) AS bits
  FROM open GROUP BY household_id
), twice AS (
  SELECT household_id FROM households GROUP BY household_id HAVING count(*) > 1
), known AS (
  SELECT h.household_id, nth, size, registered_poor, sudden_event, basic_living_difficulty,
    coalesce(listed, 0) AS listed, coalesce(paid_lo, 0) AS paid_lo, coalesce(paid_hi, 0) AS paid_hi, coalesce(bits, 0) AS bits,
    fen(wage_income) AS wage, fen(business_income) AS business, fen(property_income) AS property,
    fen(transfer_income) AS transfer, fen(business_expense) AS expense, fen(rigid_spending) AS rigid,
    fen(disaster_loss) AS loss, fen(previous_net_income_per_person) AS before,
    finer(wage_income) AS wage_finer, finer(business_income) AS business_finer, finer(property_income) AS property_finer,
    finer(transfer_income) AS transfer_finer, finer(business_expense) AS expense_finer, finer(rigid_spending) AS rigid_finer,
    finer(disaster_loss) AS loss_finer, finer(previous_net_income_per_person) AS before_finer,
    nullif(housing, '') AS housing, nullif(housing_grade, '') AS house, nullif(water, '') AS water, nullif(food, '') AS food,
    nullif(clothing, '') AS clothing,
    h.household_id IS NULL AS nameless, twice.household_id IS NOT NULL AS doubled
  FROM (SELECT *, row_number() OVER () AS nth FROM households) AS h
  LEFT JOIN found USING (household_id) LEFT JOIN twice USING (household_id)
), ends AS (
  SELECT *, held(wage, 0) + held(business, 0) + held(property, 0) + held(transfer, 0) - held(expense, 1e11) AS net_lo,
    held(wage, 1e11) + held(business, 1e11) + held(property, 1e11) + held(transfer, 1e11) - held(expense, 0) AS net_hi,
    CASE WHEN before BETWEEN -1e11 AND 1e11 THEN before ELSE -1e11 END AS before_lo,
    CASE WHEN before BETWEEN -1e11 AND 1e11 THEN before ELSE 1e11 END AS before_hi,
    held(rigid, 0) > 3000000 AS rigid_lo, held(rigid, 1e11) > 3000000 AS rigid_hi,
    held(loss, 0) > 1000000 AS loss_lo, held(loss, 1e11) > 1000000 AS loss_hi,
    CASE WHEN size BETWEEN 1 AND 50 THEN size ELSE 1 END AS size_lo, CASE WHEN size BETWEEN 1 AND 50 THEN size ELSE 50 END AS size_hi,
    coalesce(housing = 'not_met', false) AS housing_lo, coalesce(housing NOT IN ('met', 'at_risk'), true) AS housing_hi,
    coalesce(house IN ('C', 'D'), false) AS house_lo, coalesce(house NOT IN ('A', 'B'), true) AS house_hi,
    coalesce(water = 'not_met', false) AS water_lo, coalesce(water NOT IN ('met', 'at_risk'), true) AS water_hi,
    coalesce(food = 'not_met', false) AS food_lo, coalesce(food NOT IN ('met', 'at_risk'), true) AS food_hi,
    coalesce(clothing = 'not_met', false) AS clothing_lo, coalesce(clothing NOT IN ('met', 'at_risk'), true) AS clothing_hi,
    registered_poor IS TRUE AS poor_lo, registered_poor IS NOT FALSE AS poor_hi,
    sudden_event IS TRUE AND basic_living_difficulty IS TRUE AS hard_lo,
    sudden_event IS NOT FALSE AND basic_living_difficulty IS NOT FALSE AS hard_hi,
    bits & 512 <> 0 AS ask_birth, bits & 1024 <> 0 AS ask_school, bits & 2048 <> 0 AS ask_health, bits & 4096 <> 0 AS ask_labour,
    bits & 8192 <> 0 AS ask_insured, bits & 16384 <> 0 AS ask_employed, bits & 32768 <> 0 AS ask_paid
  FROM known
), persons AS (
  SELECT *, CASE WHEN listed > size_hi THEN size_lo ELSE greatest(size_lo, listed) END AS least,
    CASE WHEN listed > size_hi THEN listed ELSE size_hi END AS most
  FROM ends
), unlisted AS (
  SELECT *, greatest(least - listed, 0) AS more_lo, greatest(most - listed, 0) AS more_hi, most - listed >= 1 AS some_more,
    least < most AS size_open, least(net_lo / least, net_lo / most) AS each_lo, greatest(net_hi / least, net_hi / most) AS each_hi
  FROM persons
), risks AS (
  SELECT *, paid_hi + more_hi * 1e11 AS medical_hi, each_hi < 750000 AS low_lo, each_lo < 750000 AS low_hi,
    paid_lo > 2000000 AS line_lo, paid_hi + more_hi * 1e11 > 2000000 AS line_hi,
    paid_lo * 10 > 3 * net_hi AS share_lo, (paid_hi + more_hi * 1e11) * 10 > 3 * net_lo AS share_hi,
    (before_lo - each_hi) * 10 > 3 * before_hi AS fall_lo, (before_hi - each_lo) * 10 > 3 * before_lo AS fall_hi,
    bits & 2 = 0 AND NOT some_more AS nobody_lo, bits & 1 = 0 AS nobody_hi,
    bits & 4 <> 0 AS disabled_lo, bits & 8 <> 0 OR some_more AS disabled_hi,
    bits & 16 <> 0 AS dropped_lo, bits & 32 <> 0 OR some_more AS dropped_hi,
    bits & 64 <> 0 AS uninsured_lo, bits & 128 <> 0 OR some_more AS uninsured_hi,
    housing_lo OR house_lo AS unsafe_lo, housing_hi OR house_hi AS unsafe_hi,
    nameless OR doubled OR listed > 50 AS refused
  FROM unlisted
), counted AS (
  SELECT *, line_lo OR share_lo AS burden_lo, line_hi OR share_hi AS burden_hi,
    dropped_lo OR uninsured_lo OR unsafe_lo OR water_lo OR food_lo OR clothing_lo AS need_lo,
    dropped_hi OR uninsured_hi OR unsafe_hi OR water_hi OR food_hi OR clothing_hi AS need_hi,
    low_hi AND NOT low_lo AS low_open, fall_hi AND NOT fall_lo AS fall_open, rigid_hi AND NOT rigid_lo AS rigid_open,
    loss_hi AND NOT loss_lo AS loss_open, nobody_hi AND NOT nobody_lo AS nobody_open, disabled_hi AND NOT disabled_lo AS disabled_open,
    dropped_hi AND NOT dropped_lo AS dropped_open, uninsured_hi AND NOT uninsured_lo AS uninsured_open,
    unsafe_hi AND NOT unsafe_lo AS unsafe_open, water_hi AND NOT water_lo AS water_open, food_hi AND NOT food_lo AS food_open,
    clothing_hi AND NOT clothing_lo AS clothing_open
  FROM risks
), kinds AS (
  SELECT *, burden_hi AND NOT burden_lo AS burden_open,
    low_lo::INT + burden_lo::INT + rigid_lo::INT + fall_lo::INT + loss_lo::INT + nobody_lo::INT + disabled_lo::INT + dropped_lo::INT
      + uninsured_lo::INT + unsafe_lo::INT + water_lo::INT + food_lo::INT + clothing_lo::INT AS count_lo,
    low_hi::INT + burden_hi::INT + rigid_hi::INT + fall_hi::INT + loss_hi::INT + nobody_hi::INT + disabled_hi::INT + dropped_hi::INT
      + uninsured_hi::INT + unsafe_hi::INT + water_hi::INT + food_hi::INT + clothing_hi::INT AS count_hi,
    poor_lo AND low_lo AS unstable_lo, poor_hi AND low_hi AS unstable_hi,
    NOT poor_hi AND low_lo AS marginal_lo, NOT poor_lo AND low_hi AS marginal_hi,
    NOT low_hi AND hard_lo AND (burden_lo OR rigid_lo OR fall_lo OR loss_lo) AS sudden_lo,
    NOT low_lo AND hard_hi AND (burden_hi OR rigid_hi OR fall_hi OR loss_hi) AS sudden_hi
  FROM counted
), asked AS (
  SELECT *, low_open OR fall_open OR (burden_open AND share_hi AND NOT share_lo) AS by_income,
    burden_open AND ((share_hi AND NOT share_lo) OR (line_hi AND NOT line_lo)) AND paid_lo < medical_hi AS by_sum,
    low_open OR burden_open OR rigid_open OR fall_open OR loss_open OR nobody_open OR disabled_open OR dropped_open
      OR uninsured_open OR unsafe_open OR water_open OR food_open OR clothing_open AS open,
    marginal_lo AND NOT unstable_hi AS only_marginal_lo, marginal_hi AND NOT unstable_lo AS only_marginal_hi,
    sudden_lo AND NOT unstable_hi AND NOT marginal_hi AS only_sudden_lo,
    sudden_hi AND NOT unstable_lo AND NOT marginal_lo AS only_sudden_hi,
    NOT (unstable_hi OR marginal_hi OR sudden_hi) AS none_lo, NOT (unstable_lo OR marginal_lo OR sudden_lo) AS none_hi,
    outside(wage) AS wage_out, outside(business) AS business_out, outside(property) AS property_out, outside(transfer) AS transfer_out,
    outside(expense) AS expense_out, outside(rigid) AS rigid_out, outside(loss) AS loss_out,
    coalesce(before NOT BETWEEN -1e11 AND 1e11 AND NOT isnan(before), false) AS before_out,
    coalesce(size NOT BETWEEN 1 AND 50, false) AS size_out,
    strange(housing, ('met', 'at_risk', 'not_met')) AS housing_out, strange(house, ('A', 'B', 'C', 'D')) AS house_out,
    strange(water, ('met', 'at_risk', 'not_met')) AS water_out, strange(food, ('met', 'at_risk', 'not_met')) AS food_out,
    strange(clothing, ('met', 'at_risk', 'not_met')) AS clothing_out
  FROM kinds
), folded AS (
  SELECT *, by_sum OR nobody_open OR disabled_open OR dropped_open OR uninsured_open AS by_members FROM asked
)
SELECT household_id,
  CASE WHEN refused THEN 'refused' WHEN count_lo > 0 THEN 'graded' WHEN count_hi > 0 THEN 'unknown' ELSE 'clear' END AS status,
  CASE WHEN refused THEN NULL WHEN need_lo THEN 'red' WHEN count_lo >= 2 THEN 'yellow' WHEN count_lo = 1 THEN 'blue' END AS grade,
  CASE WHEN refused THEN NULL WHEN need_hi THEN 'red' WHEN count_hi >= 2 THEN 'yellow' WHEN count_hi = 1 THEN 'blue' END AS possible_grade,
  CASE WHEN refused THEN NULL WHEN unstable_lo THEN 'unstable' WHEN only_marginal_lo THEN 'marginal' WHEN only_sudden_lo THEN 'sudden'
    WHEN none_lo THEN 'none' END AS category,
  CASE WHEN refused THEN NULL WHEN none_lo THEN ['none']
    ELSE list_where(['unstable', 'marginal', 'sudden', 'none'], [unstable_hi, only_marginal_hi, only_sudden_hi, none_hi]) END AS possible_categories,
  CASE WHEN NOT refused THEN those(count_lo > 0,
    ['low_income', 'medical_burden', 'rigid_burden', 'income_fall', 'disaster_hit', 'nobody_employed', 'disabled_without_labour',
     'out_of_school', 'uninsured', 'unsafe_housing', 'unsafe_water', 'hungry', 'unclothed'],
    [low_lo, burden_lo, rigid_lo, fall_lo, loss_lo, nobody_lo, disabled_lo, dropped_lo, uninsured_lo, unsafe_lo, water_lo, food_lo, clothing_lo]) END AS risks,
  CASE WHEN NOT refused THEN those(open,
    ['low_income', 'medical_burden', 'rigid_burden', 'income_fall', 'disaster_hit', 'nobody_employed', 'disabled_without_labour',
     'out_of_school', 'uninsured', 'unsafe_housing', 'unsafe_water', 'hungry', 'unclothed'],
    [low_open, burden_open, rigid_open, fall_open, loss_open, nobody_open, disabled_open, dropped_open, uninsured_open, unsafe_open,
     water_open, food_open, clothing_open]) END AS unknown_risks,
  CASE WHEN NOT refused THEN those(open,
    ['size', 'wage_income', 'business_income', 'property_income', 'transfer_income', 'business_expense', 'previous_net_income_per_person',
     'rigid_spending', 'disaster_loss', 'food', 'clothing', 'housing', 'water', 'housing_grade', 'members', 'members.birth_date',
     'members.labour', 'members.health', 'members.in_school', 'members.basic_medical_insurance', 'members.out_of_pocket', 'members.employed'],
    [(size_open AND (low_open OR (fall_open AND each_lo < each_hi))) OR (by_members AND some_more AND more_lo < more_hi),
     by_income AND held(wage, 0) < held(wage, 1e11), by_income AND held(business, 0) < held(business, 1e11),
     by_income AND held(property, 0) < held(property, 1e11), by_income AND held(transfer, 0) < held(transfer, 1e11),
     by_income AND held(expense, 0) < held(expense, 1e11), fall_open AND before_lo < before_hi, rigid_open, loss_open, food_open,
     clothing_open, unsafe_open AND housing_hi AND NOT housing_lo, water_open, unsafe_open AND house_hi AND NOT house_lo,
     by_members AND some_more AND more_lo >= more_hi, dropped_open AND ask_birth, disabled_open AND ask_labour,
     disabled_open AND ask_health, dropped_open AND ask_school, uninsured_open AND ask_insured, by_sum AND ask_paid,
     nobody_open AND ask_employed]) END AS to_ask,
  CASE WHEN refused THEN NULL WHEN need_lo THEN ['county'] WHEN count_lo >= 2 THEN ['township', 'departments']
    WHEN count_lo = 1 THEN ['village', 'township'] ELSE []::VARCHAR[] END AS handled_by,
  those(refused OR wage_out OR wage_finer OR business_out OR business_finer OR property_out OR property_finer OR transfer_out
      OR transfer_finer OR expense_out OR expense_finer OR size_out OR bits & 65792 <> 0 OR rigid_out OR rigid_finer OR before_out
      OR before_finer OR loss_out OR loss_finer OR bits & 917504 <> 0 OR housing_out OR house_out OR water_out OR food_out
      OR clothing_out OR listed > size_hi,
    ['fact-number:wage_income', 'too-many-decimals:wage_income', 'fact-number:business_income', 'too-many-decimals:business_income',
     'fact-number:property_income', 'too-many-decimals:property_income', 'fact-number:transfer_income',
     'too-many-decimals:transfer_income', 'fact-number:business_expense', 'too-many-decimals:business_expense',
     'fact-whole-number:size', 'fact-number:members.out_of_pocket', 'too-many-decimals:members.out_of_pocket',
     'fact-number:rigid_spending', 'too-many-decimals:rigid_spending', 'fact-number:previous_net_income_per_person',
     'too-many-decimals:previous_net_income_per_person', 'fact-number:disaster_loss', 'too-many-decimals:disaster_loss',
     'fact-choice:members.health', 'fact-choice:members.labour', 'fact-day:members.birth_date', 'fact-choice:housing',
     'fact-choice:housing_grade', 'fact-choice:water', 'fact-choice:food', 'fact-choice:clothing', 'size-differs:size',
     'row-without-id:household_id', 'row-id-twice:household_id', 'rows-too-many:members'],
    [wage_out, wage_finer, business_out, business_finer, property_out, property_finer, transfer_out, transfer_finer, expense_out,
     expense_finer, size_out, bits & 65536 <> 0, bits & 256 <> 0, rigid_out, rigid_finer, before_out, before_finer, loss_out, loss_finer,
     bits & 131072 <> 0, bits & 262144 <> 0, bits & 524288 <> 0, housing_out, house_out, water_out, food_out, clothing_out,
     listed > size_hi, nameless, doubled, listed > 50]) AS faults
FROM folded ORDER BY nth;
