/**
 * The single entry for all messages, whether they come over XML-RPC, JSON-RPC or the command line. It finds the
 * message, checks its parameters, session and role, creates the task, and runs the code on the right thread. The
 * implicit messages of all classes (getters, setters, records) are here.
 */
@NullMarked
package org.jxapi.dispatch;

import org.jspecify.annotations.NullMarked;
