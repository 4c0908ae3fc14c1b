from liuke.site.cli import main

main()
