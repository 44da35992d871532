package dev.keyferry.write;

import dev.keyferry.kube.TargetRecord;

/** What is to be done to a target. */
sealed interface WritePlan {

  /**
   * Nothing differs.
   *
   * @param record what the target carries
   */
  record Nothing(TargetRecord record) implements WritePlan {}

  /**
   * Apply the desired state.
   *
   * @param record the record to write with the data
   * @param dataMoved whether the data differs because a revision moved or the spec changed, not because somebody else changed it
   */
  record Apply(TargetRecord record, boolean dataMoved) implements WritePlan {}

  /**
   * Wait until somebody makes the Secret.
   *
   * @param message which
   */
  record Wait(String message) implements WritePlan {}

  /**
   * Do not touch it.
   *
   * @param refusal the class of reason
   * @param message who owns it and what to do
   */
  record Refuse(Refusal refusal, String message) implements WritePlan {}
}
