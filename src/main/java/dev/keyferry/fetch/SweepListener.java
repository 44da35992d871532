package dev.keyferry.fetch;

import java.util.Map;

/** Told of passes over lists, for metrics. */
public interface SweepListener {

  /**
   * A pass ended.
   *
   * @param kind {@code sweep} down to what is known, or {@code walk} of the whole list
   * @param result {@code completed}, {@code failed}, {@code denied}, or {@code abandoned} where the list is too long to be worth it
   */
  void pass(String kind, String result);

  /** A walk found a change that sweeps had missed. */
  void missed();

  /** How many scopes notice changes in which way, by its word. */
  void scopes(Map<String, Integer> byMode);

  /** Hears nothing. */
  SweepListener NONE =
      new SweepListener() {
        @Override
        public void pass(String kind, String result) {}

        @Override
        public void missed() {}

        @Override
        public void scopes(Map<String, Integer> byMode) {}
      };
}
