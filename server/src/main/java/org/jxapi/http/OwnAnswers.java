package org.jxapi.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Closes connections that a member has answered itself, so that the next request of the client can be passed on. */
final class OwnAnswers extends Handler.Wrapper {
    OwnAnswers(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        return super.handle(request, response, callback);
    }
}
