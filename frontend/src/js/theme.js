// Runs before the first paint, so that a dark room never flashes white.
import { apply } from "./theme-choice.js";

apply();
