-- A signal as commission_signals.cpp reads it.
SELECT signal_id, commission_id, order_id, influencer_id, deal_id, signal, evidence, is_held,
       found_at, decision, decided_at, decision_reason
FROM commission_signals
