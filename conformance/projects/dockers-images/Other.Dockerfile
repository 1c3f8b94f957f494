FROM scratch
COPY hello /usr/bin/
ENTRYPOINT ["/usr/bin/hello"]
